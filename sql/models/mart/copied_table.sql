-- grain: one row per current report and table of its form that repeats, figure for figure, an earlier one
-- Only tables that chance would hardly repeat: the distinct non-zero figures weigh at least `copy_bits` (sum of
-- log2(1 + figure)). The earliest report with the figures is the original; the same body's same year is no copy.
with cell as (
  select o.report_id, i.table_name, o.indicator, coalesce(o.applicant, 'total') as applicant_key, o.value
  from {{ source('core', 'observation') }} as o
  inner join {{ ref('stg_report') }} as r on r.report_id = o.report_id
  inner join {{ source('ref', 'indicator') }} as i on i.template = r.template and i.indicator = o.indicator
  where o.method <> 'text' and o.value is not null and i.table_name <> 'overview' and coalesce(i.note, '') not like 'DERIVED%'
),

signed as (
  select
    report_id,
    table_name,
    count(*) as cells,
    sum(case when value <> 0 then 1 else 0 end) as cells_nonzero,
    {{ hash_sum(row_hash(['indicator', 'applicant_key', 'value'])) }} as signature
  from cell
  group by report_id, table_name
),

weighed as (
  select report_id, table_name, cast(count(*) as integer) as distinct_figures, sum(log2(1 + cast(value as double))) as bits
  from (select distinct report_id, table_name, value from cell where value > 0) as figure
  group by report_id, table_name
),

ranked as (
  select
    s.report_id, s.table_name, s.cells, s.cells_nonzero, w.distinct_figures, r.body_id, r.year,
    first_value(s.report_id) over same as original_report_id,
    first_value(r.body_id) over same as original_body_id,
    first_value(r.year) over same as original_year
  from signed as s
  inner join weighed as w on w.report_id = s.report_id and w.table_name = s.table_name and w.bits >= {{ var('copy_bits') }}
  inner join {{ ref('stg_report') }} as r on r.report_id = s.report_id
  window same as (
    partition by s.table_name, s.signature, s.cells order by r.year, r.published_on, s.report_id
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
  cast(k.cells as bigint) as cells,
  cast(k.cells_nonzero as bigint) as cells_nonzero,
  k.distinct_figures
from ranked as k
inner join {{ ref('stg_report') }} as r on r.report_id = k.report_id
inner join {{ ref('stg_report') }} as o on o.report_id = k.original_report_id
where k.report_id <> k.original_report_id
  and not (coalesce(k.body_id, '') = coalesce(k.original_body_id, '') and k.year = k.original_year)
