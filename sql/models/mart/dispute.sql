-- grain: one row per current report: reconsideration and litigation over information requests
{%- set trended = ['reconsideration_total', 'litigation_total', 'reconsideration_correction_rate', 'litigation_loss_rate'] %}
{%- set counts = [
  'reconsideration_total', 'reconsideration_concluded', 'reconsideration_upheld', 'reconsideration_corrected',
  'reconsideration_other', 'reconsideration_pending', 'litigation_total', 'litigation_direct_total',
  'litigation_after_review_total', 'litigation_upheld', 'litigation_corrected', 'litigation_other', 'litigation_pending',
] %}
with w as (
  {{ wide(counts + ['reconsideration_correction_rate', 'litigation_loss_rate', 'applications_received']) }}
),

t as (
  {{ trends(trended) }}
)

select
  {{ identity('r') }},
  {{ trend_names(trended) }}
  {%- for id in counts %}
  cast(w.{{ id }} as bigint) as {{ id }},
  {%- endfor %}
  cast(w.reconsideration_correction_rate as double) as reconsideration_correction_rate,
  cast(w.litigation_loss_rate as double) as litigation_loss_rate,
  cast(w.applications_received as bigint) as applications_received,
  cast(w.reconsideration_total + w.litigation_total as bigint) as disputes,
  {{ quotient('1000 * (w.reconsideration_total + w.litigation_total)', 'w.applications_received') }}
    as disputes_per_1000_applications,
  coalesce(w.applications_received < {{ var('small_n') }}, false) as small_n,
  case when r.year >= 2024 then true else false end as reconsideration_first
from {{ ref('int_report') }} as r
left join w on w.report_id = r.report_id
left join t on t.report_id = r.report_id
