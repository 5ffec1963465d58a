-- grain: one row per current report and table of its form that repeats, figure for figure, an earlier one
-- Only tables that chance would hardly repeat (`telling` in int_table_signature). The earliest report with the figures is the
-- original; the same body's same year is no copy.
with repeated as (
  select s.report_id, s.table_name, s.cells, s.signature, s.distinct_figures
  from {{ ref('int_table_signature') }} as s
  inner join (
    select table_name, signature, cells
    from {{ ref('int_table_signature') }}
    where telling
    group by table_name, signature, cells
    having count(*) > 1
  ) as again on again.table_name = s.table_name and again.signature = s.signature and again.cells = s.cells
),

ranked as (
  select
    s.report_id, s.table_name, s.cells, s.distinct_figures, r.body_id, r.year,
    first_value(s.report_id) over same as original_report_id,
    first_value(r.body_id) over same as original_body_id,
    first_value(r.year) over same as original_year
  from repeated as s
  inner join {{ ref('int_report') }} as r on r.report_id = s.report_id
  window same as (
    partition by s.table_name, s.signature, s.cells order by r.year nulls last, r.published_on nulls last, s.report_id
    rows between unbounded preceding and unbounded following
  )
)

select
  {{ identity('r') }},
  k.table_name,
  k.original_report_id,
  k.original_body_id,
  o.issuer as original_issuer,
  k.original_year,
  case
    when k.body_id = k.original_body_id then 'same_body_other_year'
    when k.year = k.original_year then 'other_body_same_year'
    else 'other_body_other_year'
  end as relation,
  cast(k.cells as bigint) as cells_nonzero,
  k.distinct_figures
from ranked as k
inner join {{ ref('int_report') }} as r on r.report_id = k.report_id
inner join {{ ref('int_report') }} as o on o.report_id = k.original_report_id
where k.report_id <> k.original_report_id
  and not (coalesce(k.body_id, '') = coalesce(k.original_body_id, '') and k.year = k.original_year)
