-- grain: one row per body, scope, year and measure whose chain with the year before does not hold
-- Carried in(t) against carried forward(t-1); in force(t) against in force(t-1) + issued(t) - repealed(t);
-- of regional forms, the sum over all years(t) against that of (t-1) + this year's(t).
-- A report whose scope could not be told stands in the chain of either scope: it must not hide what is broken.
{%- set carried = [('applications_carried_in', 'applications_carried_forward')] %}
{%- set stocks = [
  ('normative_documents_in_force', 'normative_documents_issued', 'normative_documents_repealed'),
  ('regulations_in_force', 'regulations_issued', 'regulations_repealed'),
] %}
{%- set sums_of_all_years = [('proactive.disclosed.total', 'proactive_total'), ('application.received', 'applications_received')] %}
{%- set all_years = ' | 历年累计' %}
with figure as (
  -- Only figures that mean the same on both sides, of the same body and scope.
  select body_id, scope, year, measure_id, value, method, division_code, division_name, issuer, level, report_id
  from {{ ref('measure') }}
  where value is not null and comparability <> 'none' and body_id is not null and year is not null and scope is not null
),

summed as (
  -- A row's sum over all years stands beside this year's figure under the row's own label.
  {%- for indicator, measure_id in sums_of_all_years %}
  {% if not loop.first %}union all{% endif %}
  select
    '{{ measure_id }}' as measure_id, r.body_id, r.scope, r.year, r.report_id, r.division_code, r.division_name, r.issuer,
    r.level, max(n.value) as this_year, max(c.value) as all_years
  from {{ ref('int_report') }} as r
  inner join {{ ref('stg_core__observation') }} as n on n.report_id = r.report_id and n.indicator = '{{ indicator }}'
    and n.method <> 'text' and n.value is not null
  inner join {{ ref('stg_core__observation') }} as c on c.report_id = r.report_id and c.is_local and c.value is not null
    and c.label = {{ dbt.concat(['n.label', "'" ~ all_years ~ "'"]) }}
  where r.body_id is not null and r.year is not null
  group by r.body_id, r.scope, r.year, r.report_id, r.division_code, r.division_name, r.issuer, r.level
  {%- endfor %}
),

link as (
  {%- for now, before in carried %}
  select
    'carried' as chain, t.body_id, t.scope, t.year, t.measure_id, p.scope as previous_scope, p.value as expected, t.value as found, p.report_id as previous_report_id,
    t.report_id, t.division_code, t.division_name, t.issuer, t.level,
    t.method = 'text' or p.method = 'text' as text_only
  from figure as t
  inner join figure as p on p.body_id = t.body_id and {{ one_scope('p.scope', 't.scope') }} and p.year = t.year - 1
    and p.measure_id = '{{ before }}'
  where t.measure_id = '{{ now }}'
  {%- endfor %}
  {%- for stock, added, removed in stocks %}
  union all
  select
    'in_force' as chain, t.body_id, t.scope, t.year, t.measure_id, p.scope as previous_scope, p.value + a.value - b.value as expected, t.value as found,
    p.report_id as previous_report_id, t.report_id, t.division_code, t.division_name, t.issuer, t.level,
    t.method = 'text' or p.method = 'text' or a.method = 'text' or b.method = 'text' as text_only
  from figure as t
  inner join figure as p on p.body_id = t.body_id and {{ one_scope('p.scope', 't.scope') }} and p.year = t.year - 1
    and p.measure_id = '{{ stock }}'
  inner join figure as a on a.report_id = t.report_id and a.measure_id = '{{ added }}'
  inner join figure as b on b.report_id = t.report_id and b.measure_id = '{{ removed }}'
  where t.measure_id = '{{ stock }}'
  {%- endfor %}
  union all
  select
    'all_years' as chain, t.body_id, t.scope, t.year, t.measure_id, p.scope as previous_scope,
    p.all_years + t.this_year as expected, t.all_years as found, p.report_id as previous_report_id, t.report_id,
    t.division_code, t.division_name, t.issuer, t.level, false as text_only
  from summed as t
  inner join summed as p on p.body_id = t.body_id and {{ one_scope('p.scope', 't.scope') }} and p.year = t.year - 1
    and p.measure_id = t.measure_id
  -- A column that only repeats this year's figure holds no sum over all years.
  where t.all_years <> t.this_year or t.this_year = 0
),

nearest as (
  select *, row_number() over (
    partition by report_id, measure_id, chain
    order by case when previous_scope = scope then 0 else 1 end, {{ scope_rank('previous_scope') }}, previous_report_id
  ) as place
  from link
)

select
  division_code, issuer, year, measure_id,
  cast(expected as {{ type_figure() }}) as expected,
  cast(found as {{ type_figure() }}) as found,
  cast(found - expected as {{ type_figure() }}) as difference,
  text_only, chain, division_name, level, body_id, scope, report_id, previous_report_id
from nearest
where place = 1 and expected <> found
