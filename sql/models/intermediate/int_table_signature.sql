-- grain: one row per current report and table of its form with a non-zero figure: the table in one line, to find copies by
-- Zeros are left out, for one filer's 0 is another's blank; so are lines that one form of the same table splits in
-- parts and another prints whole. `telling`: chance would hardly repeat it; its distinct figures weigh at least
-- `copy_bits` (sum of log2(1 + figure)).
with child as (
  select distinct template, parent from {{ ref('stg_ref__indicator') }} where coalesce(parent, '') <> ''
),

split_line as (
  select i.indicator
  from {{ ref('stg_ref__indicator') }} as i
  left join child as c on c.template = i.template and c.parent = i.indicator
  where i.dimension = 'applicant'
  group by i.indicator
  having count(*) > count(c.parent) and count(c.parent) > 0
),

line as (
  select i.template, i.table_name, i.indicator
  from {{ ref('stg_ref__indicator') }} as i
  left join split_line as s on s.indicator = i.indicator or s.indicator = i.parent
  where s.indicator is null and i.table_name <> 'overview' and coalesce(i.note, '') not like 'DERIVED%'
),

cell as (
  select
    o.report_id, l.table_name, o.value, count(*) as cells,
    {{ hash_sum(['o.indicator', 'o.applicant_key', 'o.value']) }} as part
  from {{ ref('stg_core__observation') }} as o
  inner join {{ ref('int_report') }} as r on r.report_id = o.report_id
  inner join line as l on l.template = r.template and l.indicator = o.indicator
  where o.method <> 'text' and o.value <> 0
  group by o.report_id, l.table_name, o.value
)

select
  report_id,
  table_name,
  cast(sum(cells) as bigint) as cells,
  cast(sum(part) as {{ dbt.type_string() }}) as signature,
  cast(sum(case when value > 0 then 1 else 0 end) as integer) as distinct_figures,
  coalesce(sum(case when value > 0 then log2(1 + cast(value as double)) end), 0) >= {{ var('copy_bits') }} as telling
from cell
group by report_id, table_name
