-- grain: one row per current report with applicants' columns and column: what each kind of applicant asked and got
-- The same expressions as mart.measure, with the column in place of the total.
{{ changed_rows('report', 'report_id') }}
{%- set ids = [
  'applications_received', 'applications_carried_in', 'applications_concluded', 'applications_carried_forward',
  'outcome_granted', 'outcome_partial', 'outcome_refused', 'outcome_unable', 'outcome_not_processed', 'outcome_other',
] %}
with {{ evaluate(by_applicant=true, only=ids + ['disclosure_rate']) }},

figure as (
  select
    report_id, applicant_key as applicant, measure_id, numerator, denominator,
    case when denominator is null then numerator end as value
  from chosen
  where place = 1 and whole
)

select
  {{ identity('r') }},
  f.applicant,
  {%- for id in ids %}
  cast(max(case when f.measure_id = '{{ id }}' then f.value end) as bigint) as {{ id }},
  {%- endfor %}
  {{ quotient("max(case when f.measure_id = 'disclosure_rate' then f.numerator end)", "max(case when f.measure_id = 'disclosure_rate' then f.denominator end)") }} as disclosure_rate,
  coalesce(max(case when f.measure_id = 'disclosure_rate' then f.denominator end) < {{ var('small_n') }}, false) as small_n
from {{ ref('stg_report') }} as r
inner join figure as f on f.report_id = r.report_id
where {{ among('report', 'r.report_id') }}
group by {{ identity('r') }}, f.applicant
