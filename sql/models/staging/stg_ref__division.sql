-- grain: one row per division and span of years
select * from {{ source('ref', 'division') }}
