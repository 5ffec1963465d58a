-- grain: one row per report, current or not
select * from {{ source('core', 'report') }}
