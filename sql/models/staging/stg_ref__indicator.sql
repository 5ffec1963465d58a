-- grain: one row per form and indicator
select * from {{ source('ref', 'indicator') }}
