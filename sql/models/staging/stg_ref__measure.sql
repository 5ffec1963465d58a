-- grain: one row per harmonised measure and form
select * from {{ source('ref', 'measure') }}
