-- grain: one row per current report with applicants' columns and column: what each kind of applicant asked and got
-- The same expressions as mart.measure, with the column in place of the total.
{%- set ids = [
  'applications_received', 'applications_carried_in', 'applications_concluded', 'applications_carried_forward',
  'outcome_granted', 'outcome_partial', 'outcome_refused', 'outcome_unable', 'outcome_not_processed', 'outcome_other',
] %}
with {{ evaluate(by_applicant=true, only=ids + ['disclosure_rate']) }},

figure as (
  select report_id, applicant_key as applicant, measure_id, numerator, denominator,
    case when denominator is null then numerator end as value
  from (
    select *, row_number() over (partition by report_id, applicant_key, measure_id order by alternative) as place
    from summed
    where resolved = terms
  ) as whole
  where place = 1
),

side_by_side as (
  select
    report_id,
    applicant,
    {%- for id in ids %}
    cast(max(case when measure_id = '{{ id }}' then value end) as bigint) as {{ id }},
    {%- endfor %}
    max(case when measure_id = 'disclosure_rate' then numerator end) as disclosed,
    max(case when measure_id = 'disclosure_rate' then denominator end) as decided
  from figure
  group by report_id, applicant
)

select
  {{ identity('r') }},
  f.applicant,
  {%- for id in ids %}
  f.{{ id }},
  {%- endfor %}
  cast({{ quotient('f.disclosed', 'f.decided') }} as double) as disclosure_rate,
  coalesce(f.decided < {{ var('small_n') }}, false) as small_n
from {{ ref('int_report') }} as r
inner join side_by_side as f on f.report_id = r.report_id
