-- grain: one row per body, scope, year and measure whose chain with the year before does not hold
-- Carried in(t) against carried forward(t-1); in force(t) against in force(t-1) + issued(t) - repealed(t).
{%- set carried = [('applications_carried_in', 'applications_carried_forward')] %}
{%- set stocks = [
  ('normative_documents_in_force', 'normative_documents_issued', 'normative_documents_repealed'),
  ('regulations_in_force', 'regulations_issued', 'regulations_repealed'),
] %}
with figure as (
  -- Only figures that mean the same on both sides, of the same body and scope.
  select body_id, scope, year, measure_id, value, method, division_code, division_name, issuer, level, report_id
  from {{ ref('measure') }}
  where value is not null and comparability <> 'none' and body_id is not null and year is not null and scope is not null
),

link as (
  {%- for now, before in carried %}
  select
    t.body_id, t.scope, t.year, t.measure_id, p.value as expected, t.value as found, p.report_id as previous_report_id,
    t.report_id, t.division_code, t.division_name, t.issuer, t.level,
    t.method = 'text' or p.method = 'text' as text_only
  from figure as t
  inner join figure as p on p.body_id = t.body_id and p.scope = t.scope and p.year = t.year - 1
    and p.measure_id = '{{ before }}'
  where t.measure_id = '{{ now }}'
  {%- endfor %}
  {%- for stock, added, removed in stocks %}
  union all
  select
    t.body_id, t.scope, t.year, t.measure_id, p.value + a.value - b.value as expected, t.value as found,
    p.report_id as previous_report_id, t.report_id, t.division_code, t.division_name, t.issuer, t.level,
    t.method = 'text' or p.method = 'text' or a.method = 'text' or b.method = 'text' as text_only
  from figure as t
  inner join figure as p on p.body_id = t.body_id and p.scope = t.scope and p.year = t.year - 1
    and p.measure_id = '{{ stock }}'
  inner join figure as a on a.report_id = t.report_id and a.measure_id = '{{ added }}'
  inner join figure as b on b.report_id = t.report_id and b.measure_id = '{{ removed }}'
  where t.measure_id = '{{ stock }}'
  {%- endfor %}
)

select
  division_code, issuer, year, measure_id,
  cast(expected as {{ type_figure() }}) as expected,
  cast(found as {{ type_figure() }}) as found,
  cast(found - expected as {{ type_figure() }}) as difference,
  text_only, division_name, level, body_id, scope, report_id, previous_report_id
from link
where expected <> found
