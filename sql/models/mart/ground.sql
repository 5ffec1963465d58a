-- grain: one row per current report and lowest line of its form's outcomes: the ground, its count and its shares
-- The tree of lines is the codebook's `parent`; the base is its root: results since 2019, replies before.
with line as (
  select i.template, i.indicator, i.label_zh, i.parent as group_indicator, coalesce(nullif(p.parent, ''), i.parent) as base_indicator
  from {{ ref('stg_ref__indicator') }} as i
  left join {{ ref('stg_ref__indicator') }} as p on p.template = i.template and p.indicator = i.parent
  left join (select distinct template, parent from {{ ref('stg_ref__indicator') }}) as c
    on c.template = i.template and c.parent = i.indicator
  where i.indicator like 'application.outcome.%' and coalesce(i.parent, '') <> '' and c.parent is null
),

figure as (
  select f.report_id, f.indicator, f.resolved, f.state, f.method
  from {{ ref('int_figure') }} as f
  where f.applicant_key = 'total' and f.indicator like 'application.%'
)

select
  {{ identity('r') }},
  l.indicator,
  l.group_indicator,
  l.base_indicator,
  cast(f.resolved as bigint) as cases,
  case when f.resolved is null and f.state in ('reported', 'text_zero') then 'ambiguous' else f.state end as state,
  cast(b.resolved as bigint) as base,
  {{ quotient('f.resolved', 'b.resolved') }} as share_of_base,
  coalesce(b.resolved < {{ var('small_n') }}, false) as small_n
from {{ ref('int_report') }} as r
inner join line as l on l.template = r.template
inner join figure as f on f.report_id = r.report_id and f.indicator = l.indicator
left join figure as b on b.report_id = r.report_id and b.indicator = l.base_indicator
