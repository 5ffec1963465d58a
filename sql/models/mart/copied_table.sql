-- grain: one row per current report and table of its form that repeats, figure for figure, an earlier one
-- Only tables that chance would hardly repeat: the distinct non-zero figures weigh at least `copy_bits` (sum of
-- log2(1 + figure)). The earliest report with the figures is the original; the same body's same year is no copy.
-- Zeros are left out, for one filer's 0 is another's blank; so are lines that one form of the same table splits in
-- parts and another prints whole.
with child as (
  select distinct template, parent from {{ source('ref', 'indicator') }} where coalesce(parent, '') <> ''
),

split_line as (
  select i.indicator
  from {{ source('ref', 'indicator') }} as i
  left join child as c on c.template = i.template and c.parent = i.indicator
  where i.dimension = 'applicant'
  group by i.indicator
  having count(*) > count(c.parent) and count(c.parent) > 0
),

line as (
  select i.template, i.table_name, i.indicator
  from {{ source('ref', 'indicator') }} as i
  left join split_line as s on s.indicator = i.indicator or s.indicator = i.parent
  where s.indicator is null and i.table_name <> 'overview' and coalesce(i.note, '') not like 'DERIVED%'
),

cell as (
  select o.report_id, l.table_name, o.indicator, coalesce(o.applicant, 'total') as applicant_key, o.value
  from {{ source('core', 'observation') }} as o
  inner join {{ ref('stg_report') }} as r on r.report_id = o.report_id
  inner join line as l on l.template = r.template and l.indicator = o.indicator
  where o.method <> 'text' and o.value <> 0
),

signed as (
  select
    report_id,
    table_name,
    count(*) as cells,
    {{ hash_sum(['indicator', 'applicant_key', 'value']) }} as signature
  from cell
  group by report_id, table_name
),

repeated as (
  select s.report_id, s.table_name, s.cells, s.signature
  from signed as s
  inner join (
    select table_name, signature, cells from signed group by table_name, signature, cells having count(*) > 1
  ) as again on again.table_name = s.table_name and again.signature = s.signature and again.cells = s.cells
),

weighed as (
  select report_id, table_name, cast(count(*) as integer) as distinct_figures, sum(log2(1 + cast(value as double))) as bits
  from (
    select distinct c.report_id, c.table_name, c.value
    from cell as c
    inner join repeated as s on s.report_id = c.report_id and s.table_name = c.table_name
    where c.value > 0
  ) as figure
  group by report_id, table_name
),

ranked as (
  select
    s.report_id, s.table_name, s.cells, w.distinct_figures, r.body_id, r.year,
    first_value(s.report_id) over same as original_report_id,
    first_value(r.body_id) over same as original_body_id,
    first_value(r.year) over same as original_year
  from repeated as s
  inner join weighed as w on w.report_id = s.report_id and w.table_name = s.table_name and w.bits >= {{ var('copy_bits') }}
  inner join {{ ref('stg_report') }} as r on r.report_id = s.report_id
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
inner join {{ ref('stg_report') }} as r on r.report_id = k.report_id
inner join {{ ref('stg_report') }} as o on o.report_id = k.original_report_id
where k.report_id <> k.original_report_id
  and not (coalesce(k.body_id, '') = coalesce(k.original_body_id, '') and k.year = k.original_year)
