-- grain: one row per earlier version of a report and cell that it printed otherwise than the current version, and one
-- per current report whose address says now that there is no such page
-- What is printed is compared, whether or not it adds up; a cell that one of the two does not show is a difference.
with tabled as (
  select report_id
  from {{ ref('stg_core__observation') }}
  where method <> 'text' and state <> 'table_missing'
  group by report_id
),

pair as (
  select
    o.report_id as report_before, c.report_id,
    b.fetched_at as seen_before, o.last_seen as last_seen_before, d.fetched_at as seen_now,
    o.published_on as published_before, c.published_on as published_now,
    coalesce(b.source_url = d.source_url, false) as same_address
  from {{ ref('stg_core__report') }} as o
  inner join {{ ref('int_report') }} as c on c.report_id = o.superseded_by
  inner join {{ ref('stg_core__report') }} as r on r.report_id = c.report_id
  inner join {{ ref('stg_core__document') }} as b on b.document_id = o.document_id
  inner join {{ ref('stg_core__document') }} as d on d.document_id = r.document_id
  left join tabled as t on t.report_id = o.report_id
  -- A version without its tables left nothing out: it is no other word on the cells.
  where not o.is_current and (t.report_id is not null) = c.has_table
),

before as (
  select p.report_before, p.report_id, f.indicator, f.applicant_key, f.value, f.state
  from pair as p
  inner join {{ ref('int_figure') }} as f on f.report_id = p.report_before
),

now as (
  select p.report_before, p.report_id, f.indicator, f.applicant_key, f.value, f.state
  from pair as p
  inner join {{ ref('int_figure') }} as f on f.report_id = p.report_id
),

said as (
  select
    coalesce(a.report_before, b.report_before) as report_before,
    coalesce(a.report_id, b.report_id) as report_id,
    coalesce(a.indicator, b.indicator) as indicator,
    coalesce(a.applicant_key, b.applicant_key) as applicant,
    a.value as value_before, b.value as value_now, a.state as state_before, b.state as state_now
  from before as a
  full outer join now as b on b.report_before = a.report_before and b.report_id = a.report_id
    and b.indicator = a.indicator and b.applicant_key = a.applicant_key
),

gone as (
  -- A failure has its row in core.document while it is the last that is known of its address.
  select r.report_id, d.fetched_at as seen_before, r.last_seen, g.fetched_at as seen_now, g.status
  from {{ ref('stg_core__report') }} as r
  inner join {{ ref('stg_core__document') }} as d on d.document_id = r.document_id
  inner join {{ ref('stg_core__document') }} as g on g.source_url = d.source_url and g.sha256 is null
  where r.is_current and g.status in ('http_404', 'http_410', 'soft_404') and g.fetched_at > d.fetched_at
)

select
  'revised' as kind, {{ identity('c') }}, s.indicator, s.applicant,
  cast(s.value_before as {{ type_figure() }}) as value_before,
  cast(s.value_now as {{ type_figure() }}) as value_now,
  s.state_before, s.state_now, p.report_before, p.seen_before, p.last_seen_before, p.seen_now, p.published_before,
  p.published_now, p.same_address, cast(null as {{ dbt.type_string() }}) as status
from said as s
inner join pair as p on p.report_before = s.report_before and p.report_id = s.report_id
inner join {{ ref('int_report') }} as c on c.report_id = s.report_id
where s.value_before is distinct from s.value_now or s.state_before is distinct from s.state_now
union all
select
  'withdrawn', {{ identity('c') }}, cast(null as {{ dbt.type_string() }}), cast(null as {{ dbt.type_string() }}),
  cast(null as {{ type_figure() }}), cast(null as {{ type_figure() }}), cast(null as {{ dbt.type_string() }}),
  cast(null as {{ dbt.type_string() }}), g.report_id, g.seen_before, g.last_seen, g.seen_now, c.published_on,
  cast(null as date), true, g.status
from gone as g
inner join {{ ref('int_report') }} as c on c.report_id = g.report_id
