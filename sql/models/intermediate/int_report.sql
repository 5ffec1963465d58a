-- grain: one row per current report
with tabled as (
  select report_id
  from {{ ref('stg_core__observation') }}
  where method <> 'text' and state <> 'table_missing'
  group by report_id
)

select
  r.report_id,
  r.document_id,
  r.ordinal,
  r.body_id,
  r.body_kind,
  r.issuer,
  r.level,
  r.division_code,
  r.division_name,
  r.year,
  f.template,
  f.family,
  coalesce(r.scope, 'unknown') as scope,
  r.published_on,
  r.title,
  coalesce(r.source_url, d.source_url) as source_url,
  t.report_id is not null as has_table,
  -- A township bears its county's code, a department its place's: neither speaks for the division. A zone does for the
  -- division that it runs (places/zones.csv).
  (r.level in ('province', 'prefecture', 'county') and r.body_kind in ({{ "'" ~ var('government_kinds') | join("', '") ~ "'" }}))
    or r.body_kind = '{{ var("governing_zone_kind") }}'
    or (r.body_kind = '{{ var("office_kind") }}' and r.scope = 'whole_area') as speaks_for_government
from {{ ref('stg_core__report') }} as r
left join {{ ref('stg_core__document') }} as d on d.document_id = r.document_id
-- A report that shows the labels of no form has the one that is told by none.
inner join {{ ref('stg_ref__form') }} as f on f.template = r.template or (r.template is null and f.needs = 'else')
left join tabled as t on t.report_id = r.report_id
where r.is_current
