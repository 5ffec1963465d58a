-- grain: one row per statement of a report's prose
select * from {{ source('core', 'statement') }}
