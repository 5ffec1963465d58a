-- grain: one row per finding
select * from {{ source('core', 'finding') }}
