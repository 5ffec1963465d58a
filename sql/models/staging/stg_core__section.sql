-- grain: one row per report and section
select * from {{ source('core', 'section') }}
