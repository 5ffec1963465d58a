-- grain: one row per division and year: the panel, from the government's current report with the widest scope
-- A measure whose grade is none is left null here: it does not mean the same. mart.measure holds it.
-- What to mind of a figure stands beside it in `caveats`; a measure that could not be read is named there too.
{%- set ids = measures() %}
with caveat as (
  select
    report_id,
    {{ texts("measure_id || ': ' || note") }} as caveats
  from (
    select report_id, measure_id, 'approx' as note from {{ ref('measure') }} where value is not null and comparability = 'approx'
    union all
    select report_id, measure_id, 'proved' from {{ ref('measure') }} where value is not null and state = 'proved'
    union all
    select report_id, measure_id, 'decided' from {{ ref('measure') }} where value is not null and state = 'decided'
    union all
    select report_id, measure_id, 'text_only' from {{ ref('measure') }} where value is not null and method = 'text'
    union all
    select report_id, measure_id, 'small_n' from {{ ref('measure') }} where value is not null and small_n
    union all
    select report_id, measure_id, 'contested' from {{ ref('measure') }} where value is not null and contested
    union all
    select report_id, measure_id, 'misread' from {{ ref('measure') }}
    where value is null and state in ('ambiguous', 'unreadable', 'not_read')
  ) as noted
  where report_id is not null
  group by report_id
),

followed as (
  select
    division_code, year, report_id,
    lag(year) over series as previous_year,
    lag(body_id) over series as previous_body,
    lag(template) over series as previous_template,
    lag(scope) over series as previous_scope
  from {{ ref('int_city_report') }}
  window series as (partition by division_code order by year)
),

series_break as (
  select
    f.report_id,
    case
      when f.previous_year is null then 'first'
      when f.previous_year < f.year - 1 then 'gap'
      when f.previous_body <> c.body_id then 'body'
      when f.previous_scope <> c.scope then case when 'unknown' in (f.previous_scope, c.scope) then 'scope_unsaid' else 'scope' end
      when f.previous_template <> c.template then 'form'
      when b.division_code is not null then 'boundary'
    end as break_kind
  from followed as f
  inner join {{ ref('int_city_report') }} as c on c.report_id = f.report_id
  left join (select distinct division_code, year from {{ ref('int_boundary') }}) as b
    on b.division_code = f.division_code and b.year = f.year
)

select
  r.division_code,
  max(r.division_name) as division_name,
  r.year,
  max(r.division_level) as level,
  max(r.body_id) as body_id,
  max(r.body_kind) as body_kind,
  max(r.issuer) as issuer,
  max(r.scope) as scope,
  max(r.template) as template,
  max(r.report_id) as report_id,
  max(v.caveats) as caveats,
  cast(max(q.share_resolved) as double) as reading,
  cast(max(q.findings_error) as bigint) as errors,
  max(k.break_kind) as break_kind
  {%- for m in ids %},
  {{ pick(m.measure_id, 'value', type_measure(m.unit, m.kind)) }} as {{ m.measure_id }}
  {%- if m.kind == 'ratio' %},
  {{ pick(m.measure_id, 'numerator') }} as {{ m.measure_id }}_numerator,
  {{ pick(m.measure_id, 'denominator') }} as {{ m.measure_id }}_denominator
  {%- endif %}
  {%- endfor %}
from {{ ref('int_city_report') }} as r
left join {{ ref('measure') }} as m on m.report_id = r.report_id
  and m.comparability <> 'none'
left join caveat as v on v.report_id = r.report_id
left join {{ ref('quality') }} as q on q.report_id = r.report_id
left join series_break as k on k.report_id = r.report_id
group by r.division_code, r.year
