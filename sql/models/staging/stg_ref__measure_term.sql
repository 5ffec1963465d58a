-- grain: one row per term of a measure on a form
select * from {{ source('ref', 'measure_term') }}
