-- grain: one row per applicant's column
select * from {{ source('ref', 'applicant') }}
