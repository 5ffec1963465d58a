-- grain: one row per current report: what became of the applications, with each outcome's share
{%- set trended = ['disclosure_rate', 'outcome_granted_or_partial', 'outcome_refused'] %}
{%- set parts = [
  'outcome_granted', 'outcome_partial', 'outcome_refused', 'outcome_unable', 'outcome_not_processed', 'outcome_other',
] %}
with w as (
  {{ wide(parts + ['applications_concluded', 'applications_replied', 'disclosure_rate']) }}
),

based as (
  -- The 2014 form and the local ones count replies; the forms since 2019 count final results.
  select
    w.*,
    r.template,
    case when r.family in ('narrative', 'statistics') then w.applications_replied else w.applications_concluded end as base,
    case when r.family in ('narrative', 'statistics') then 'applications_replied' else 'applications_concluded' end as base_measure,
    {%- for id in parts %}
    {{ "" if loop.first else "+ " }}coalesce(w.{{ id }}, 0)
    {%- endfor %} as outcomes_sum,
    {%- for id in parts %}
    {{ "" if loop.first else "+ " }}case when w.{{ id }} is null then 1 else 0 end
    {%- endfor %} as outcomes_missing
  from w
  inner join {{ ref('int_report') }} as r on r.report_id = w.report_id
),

t as (
  {{ trends(trended) }}
)

select
  {{ identity('r') }},
  {{ trend_names(trended) }}
  b.base_measure,
  cast(b.base as bigint) as base,
  {%- for id in parts %}
  cast(b.{{ id }} as bigint) as {{ id }},
  {%- endfor %}
  {%- for id in parts %}
  {{ quotient('b.' ~ id, 'b.base') }} as {{ id }}_share,
  {%- endfor %}
  cast(b.disclosure_rate as double) as disclosure_rate,
  cast(b.outcomes_sum as bigint) as outcomes_sum,
  cast(b.outcomes_missing as integer) as outcomes_missing,
  case
    when b.base is null then null
    when b.outcomes_sum = b.base then true
    when b.outcomes_missing > 0 and b.outcomes_sum < b.base then null
    else false
  end as adds_up,
  case
    when b.base is null then 'no_total'
    when b.outcomes_sum = b.base then null
    when b.outcomes_missing > 0 and b.outcomes_sum < b.base then 'outcomes_missing'
    when b.outcomes_sum > b.base then 'sum_above_total'
    else 'sum_below_total'
  end as why_not,
  coalesce(b.base < {{ var('small_n') }}, false) as small_n
from {{ ref('int_report') }} as r
left join based as b on b.report_id = r.report_id
left join t on t.report_id = r.report_id
