-- grain: one row per form
select * from {{ source('ref', 'form') }}
