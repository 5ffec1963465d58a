-- grain: one row per division and year: the current report of its government with the widest scope
with ranked as (
  select
    *,
    row_number() over (
      partition by division_code, year
      order by {{ scope_rank('scope') }}, case when body_kind = '{{ var("office_kind") }}' then 1 else 0 end, report_id
    ) as place
  from {{ ref('stg_report') }}
  where speaks_for_government and division_code is not null and year is not null
)

select * from ranked where place = 1
