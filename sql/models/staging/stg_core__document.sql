-- grain: one row per document
select * from {{ source('core', 'document') }}
