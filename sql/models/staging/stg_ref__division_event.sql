-- grain: one row per change of a division
select * from {{ source('ref', 'division_event') }}
