-- grain: one row per two figures of one cell that differ: a sentence against the table, or a copy against the current report
-- A rounded figure of the text (余, 多, 近) is in conflict only where it lies a tenth or more from the table's.
with text_figure as (
  select report_id, indicator, applicant_key, observation_id, value, coalesce(approx, false) as approx
  from {{ ref('stg_core__observation') }}
  where method = 'text' and value is not null and not is_local
),

table_figure as (
  select report_id, indicator, applicant_key, observation_id, value
  from {{ ref('stg_core__observation') }}
  where method <> 'text' and value is not null and not is_local
),

within_report as (
  select
    'text_against_table' as kind, b.report_id, b.report_id as other_report_id, b.indicator, b.applicant_key,
    b.value, t.value as other_value, b.observation_id, t.observation_id as other_observation_id,
    -- "Accepted so many" may be the whole workload or what was concluded: said so, not hidden.
    min(case when b.indicator = 'application.received' and m.value = t.value then m.measure_id end) as explained_by
  from table_figure as b
  inner join text_figure as t on t.report_id = b.report_id and t.indicator = b.indicator and t.applicant_key = b.applicant_key
  left join {{ ref('measure') }} as m on m.report_id = b.report_id
    and m.measure_id in ('applications_workload', 'applications_concluded')
  where b.value <> t.value and not (t.approx and abs(b.value - t.value) * 10 < abs(b.value))
  group by b.report_id, b.indicator, b.applicant_key, b.value, t.value, b.observation_id, t.observation_id
),

between_copies as (
  select
    'copy_against_current' as kind, c.report_id, o.report_id as other_report_id, f.indicator, f.applicant_key,
    f.value, g.value as other_value, f.observation_id, g.observation_id as other_observation_id,
    cast(null as {{ dbt.type_string() }}) as explained_by
  from {{ ref('stg_core__report') }} as o
  inner join {{ ref('int_report') }} as c on c.report_id = o.superseded_by
  inner join {{ ref('int_figure') }} as f on f.report_id = c.report_id
  inner join {{ ref('int_figure') }} as g on g.report_id = o.report_id
    and g.indicator = f.indicator and g.applicant_key = f.applicant_key
  where not o.is_current and f.value <> g.value
)

select
  a.kind, {{ identity('r') }}, a.indicator, a.applicant_key as applicant,
  cast(a.value as {{ type_figure() }}) as value,
  cast(a.other_value as {{ type_figure() }}) as other_value,
  cast(a.other_value - a.value as {{ type_figure() }}) as difference,
  a.explained_by, a.other_report_id, r.published_on, o.published_on as other_published_on, a.observation_id,
  a.other_observation_id
from (select * from within_report union all select * from between_copies) as a
inner join {{ ref('stg_core__report') }} as o on o.report_id = a.other_report_id
inner join {{ ref('int_report') }} as r on r.report_id = a.report_id
