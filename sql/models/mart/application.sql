-- grain: one row per current report: applications received, handled and left over
{%- set trended = ['applications_received', 'applications_carried_forward'] %}
{%- set flows = [
  'applications_received', 'applications_carried_in', 'applications_workload', 'applications_concluded',
  'applications_carried_forward', 'applications_received_natural_person', 'applications_received_organisation',
] %}
with w as (
  {{ wide(flows) }}
),

t as (
  {{ trends(trended) }}
)

select
  {{ identity('r') }},
  {{ trend_names(trended) }}
  {%- for id in flows %}
  cast(w.{{ id }} as bigint) as {{ id }},
  {%- endfor %}
  {{ quotient('w.applications_carried_forward', 'w.applications_workload') }} as backlog_share,
  {{ quotient('w.applications_received_natural_person', 'w.applications_received') }} as natural_person_share,
  cast(
    w.applications_workload - w.applications_concluded - w.applications_carried_forward as bigint
  ) as unaccounted,
  coalesce(w.applications_workload < {{ var('small_n') }}, false) as small_n
from {{ ref('int_report') }} as r
left join w on w.report_id = r.report_id
left join t on t.report_id = r.report_id
