-- grain: one row per report, current or not: how much of its form was read, proved and doubted
with form as (
  -- Cells that the form prints: not figures that only sentences state, sums of ours, or rows of one province.
  select i.template, i.indicator, coalesce(a.applicant, 'total') as applicant_key
  from {{ ref('stg_ref__indicator') }} as i
  left join {{ ref('stg_ref__applicant') }} as a on i.dimension = 'applicant'
  where i.kind = 'printed'
),

expected as (
  select template, count(*) as cells from form group by template
),

cell as (
  select
    o.report_id,
    count(*) as present,
    sum(case when o.value is not null then 1 else 0 end) as printed,
    sum(case when o.resolved is not null then 1 else 0 end) as resolved,
    sum(case when o.resolution not in ('as_printed', 'decided_by_person') then 1 else 0 end) as proved,
    sum(case when o.resolution = 'decided_by_person' then 1 else 0 end) as decided,
    sum(case when o.state = 'ambiguous' then 1 else 0 end) as ambiguous,
    sum(case when o.state = 'blank' then 1 else 0 end) as blank,
    sum(case when o.state = 'dash' then 1 else 0 end) as dash,
    sum(case when o.state = 'not_applicable' then 1 else 0 end) as not_applicable,
    sum(case when o.state = 'unreadable' then 1 else 0 end) as unreadable,
    sum(case when o.state = 'table_missing' then 1 else 0 end) as table_missing,
    sum(case when o.method = 'ocr' then 1 else 0 end) as by_ocr
  from {{ ref('stg_core__report') }} as r
  inner join {{ ref('stg_core__observation') }} as o on o.report_id = r.report_id and o.method <> 'text'
  inner join form as f on f.template = r.template and f.indicator = o.indicator
    and f.applicant_key = o.applicant_key
  group by o.report_id
),

other as (
  select
    report_id,
    sum(case when method = 'text' then 1 else 0 end) as text_figures,
    sum(case when is_local then 1 else 0 end) as local_figures
  from {{ ref('stg_core__observation') }}
  group by report_id
),

finding as (
  select
    report_id,
    sum(case when severity = 'error' then 1 else 0 end) as errors,
    sum(case when severity = 'warn' then 1 else 0 end) as warnings,
    sum(case when severity = 'info' then 1 else 0 end) as infos,
    sum(case when rule = '{{ var("unread_table_finding") }}' then 1 else 0 end) as unread_tables
  from {{ ref('stg_core__finding') }}
  group by report_id
)

select
  r.report_id, r.body_id, r.division_code, r.division_name, r.level, r.issuer, r.scope, r.template, r.year, r.is_current,
  cast(coalesce(e.cells, 0) as bigint) as cells_expected,
  {%- for name in ['present', 'printed', 'resolved', 'proved', 'decided', 'ambiguous', 'blank', 'dash', 'not_applicable', 'unreadable', 'table_missing', 'by_ocr'] %}
  cast(coalesce(c.{{ name }}, 0) as bigint) as cells_{{ name }},
  {%- endfor %}
  {{ quotient('coalesce(c.resolved, 0)', 'e.cells') }} as share_resolved,
  cast(coalesce(o.text_figures, 0) as bigint) as text_figures,
  cast(coalesce(o.local_figures, 0) as bigint) as local_figures,
  cast(coalesce(f.unread_tables, 0) as bigint) as tables_unread,
  cast(coalesce(f.errors, 0) as bigint) as findings_error,
  cast(coalesce(f.warnings, 0) as bigint) as findings_warn,
  cast(coalesce(f.infos, 0) as bigint) as findings_info
from {{ ref('stg_core__report') }} as r
left join expected as e on e.template = r.template
left join cell as c on c.report_id = r.report_id
left join other as o on o.report_id = r.report_id
left join finding as f on f.report_id = r.report_id
