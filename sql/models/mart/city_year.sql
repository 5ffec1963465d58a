-- grain: one row per division and year: the panel, from the government's current report with the widest scope
-- A measure whose grade is none is left null here: it does not mean the same. mart.measure holds it.
{%- set ids = measures() %}
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
  max(r.report_id) as report_id
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
group by r.division_code, r.year
