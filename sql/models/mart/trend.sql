-- grain: one row per current report and measure with a value: its change, its growth and its rank among peers
-- A series is a body's figures of one scope. A run ends where the form changes without both grades being exact, or
-- where the division's area changes. Peers: same level, province, year and scope.
-- Reports, series and groups of peers are numbered first: sorting by numbers is much quicker than by names.
with report as (
  select
    *,
    body_id is not null as in_series,
    body_id is not null and division_code is not null as has_peers,
    row_number() over (order by report_id) as report_number,
    dense_rank() over (order by body_id, scope) as series,
    dense_rank() over (order by level, substr(division_code, 1, 2), year, scope) as peer_group
  from {{ ref('int_report') }}
  where year is not null
),

listed as (
  select measure_id, row_number() over (order by measure_id) as measure_number
  from (select distinct measure_id from {{ ref('stg_ref__measure') }}) as m
),

figure as (
  select
    r.report_number, r.series, r.peer_group, r.in_series, r.has_peers, r.year, l.measure_number, m.value,
    m.comparability, m.small_n
  from {{ ref('measure') }} as m
  inner join report as r on r.report_id = m.report_id
  inner join listed as l on l.measure_id = m.measure_id
  where m.value is not null
),

lagged as (
  select
    series, measure_number, report_number, year, value, comparability, small_n,
    lag(report_number) over before_it as previous_number,
    lag(year) over before_it as previous_year,
    lag(value) over before_it as previous_value,
    lag(comparability) over before_it as previous_comparability
  from figure
  where in_series
  window before_it as (partition by series, measure_number order by year, report_number)
),

step as (
  -- Of each pair of reports that follow each other in some series: what breaks between them.
  select
    s.report_number, s.previous_number, r.template <> p.template as other_form,
    r.level <> 'township' and count(b.division_code) > 0 as other_area
  from (select distinct report_number, previous_number from lagged where previous_number is not null) as s
  inner join report as r on r.report_number = s.report_number
  inner join report as p on p.report_number = s.previous_number
  left join {{ ref('int_boundary') }} as b on b.division_code = r.division_code and b.year > p.year and b.year <= r.year
  group by s.report_number, s.previous_number, r.template, p.template, r.level
),

broken as (
  select
    l.*,
    case
      when l.previous_number is null then 'first'
      when s.other_form and not (l.comparability = 'exact' and l.previous_comparability = 'exact') then 'form'
      when s.other_area then 'boundary'
    end as break_kind
  from lagged as l
  left join step as s on s.report_number = l.report_number and s.previous_number = l.previous_number
),

started as (
  select
    *,
    {{ last_known('case when break_kind is not null then year end') }} over so_far as run_first_year,
    {{ last_known('case when break_kind is not null then value end') }} over so_far as run_first_value
  from broken
  window so_far as (
    partition by series, measure_number order by year, report_number
    rows between unbounded preceding and current row
  )
),

ranked as (
  select
    report_number,
    measure_number,
    count(*) over (partition by peer_group, measure_number) as peers,
    rank() over by_value as place_from_below,
    count(*) over by_value as not_above
  from figure
  where has_peers
  window by_value as (partition by peer_group, measure_number order by value)
)

select
  {{ identity('r') }},
  l.measure_id, s.value, s.comparability, s.small_n,
  s.previous_year,
  s.previous_value,
  case when s.break_kind is null and s.previous_year < s.year - 1 then 'gap' else s.break_kind end as break_kind,
  case when s.break_kind is null and s.previous_year = s.year - 1
    then cast(s.value - s.previous_value as {{ type_figure() }}) end as change,
  case when s.break_kind is null and s.previous_year = s.year - 1
    then {{ quotient('(s.value - s.previous_value)', 's.previous_value') }} end as change_rate,
  s.run_first_year,
  case when s.year > s.run_first_year and s.run_first_value > 0 and s.value >= 0
    then cast(round(
      power(cast(s.value as double) / cast(s.run_first_value as double), 1.0 / (s.year - s.run_first_year)) - 1, 6
    ) as {{ type_figure() }}) end as yearly_growth,
  cast(k.peers as bigint) as peers,
  cast(k.peers - k.not_above + 1 as bigint) as peer_rank,
  case when k.peers > 1
    then cast(round(cast(k.place_from_below - 1 as double) / (k.peers - 1), 6) as {{ type_figure() }}) end as peer_percentile
from started as s
inner join report as r on r.report_number = s.report_number
inner join listed as l on l.measure_number = s.measure_number
left join ranked as k on k.report_number = s.report_number and k.measure_number = s.measure_number
