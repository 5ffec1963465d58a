-- grain: one row per current report and measure with a value: its change, its growth and its rank among peers
-- A series is a body's figures of one scope. A run ends where the form changes without both grades being exact, or
-- where the division's area changes. Peers: same level, province, year and scope.
{{ changed_rows('peer', 'report_id') }}
with figure as (
  select
    m.report_id, m.body_id, m.division_code, m.division_name, m.level, m.issuer, m.scope, m.template, m.year,
    m.measure_id, m.value, m.comparability, m.small_n, m.denominator,
    substr(m.division_code, 1, 2) as province_code
  from {{ ref('measure') }} as m
  where m.value is not null and m.year is not null and {{ among('beside', 'm.report_id') }}
),

lagged as (
  select
    *,
    lag(year) over series as previous_year,
    lag(value) over series as previous_value,
    lag(template) over series as previous_template,
    lag(comparability) over series as previous_comparability,
    lag(division_code) over series as previous_division_code
  from figure
  where body_id is not null
  window series as (partition by body_id, scope, measure_id order by year, report_id)
),

area as (
  select distinct l.report_id, l.previous_year
  from (select distinct report_id, division_code, level, year, previous_year from lagged) as l
  inner join {{ ref('stg_boundary') }} as b on b.division_code = l.division_code
    and b.year > l.previous_year and b.year <= l.year
  where l.level <> 'township'
),

broken as (
  select
    l.*,
    case
      when l.previous_year is null then 'first'
      when l.template <> l.previous_template and not (l.comparability = 'exact' and l.previous_comparability = 'exact')
        then 'form'
      when a.report_id is not null then 'boundary'
    end as break_kind
  from lagged as l
  left join area as a on a.report_id = l.report_id and a.previous_year = l.previous_year
),

numbered as (
  select
    *,
    sum(case when break_kind is null then 0 else 1 end) over (
      partition by body_id, scope, measure_id order by year, report_id rows between unbounded preceding and current row
    ) as run
  from broken
),

started as (
  select
    *,
    first_value(year) over run_rows as run_first_year,
    first_value(value) over run_rows as run_first_value
  from numbered
  window run_rows as (
    partition by body_id, scope, measure_id, run order by year, report_id
    rows between unbounded preceding and current row
  )
),

ranked as (
  select
    report_id,
    measure_id,
    rank() over (partition by level, province_code, year, scope, measure_id order by value desc) as place,
    percent_rank() over (partition by level, province_code, year, scope, measure_id order by value) as percentile,
    count(*) over (partition by level, province_code, year, scope, measure_id) as peers
  from figure
  where province_code is not null and body_id is not null
)

select
  s.report_id, s.body_id, s.division_code, s.division_name, s.level, s.issuer, s.scope, s.template, s.year,
  s.measure_id, s.value, s.comparability, s.small_n,
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
  cast(k.place as bigint) as peer_rank,
  case when k.peers > 1 then cast(round(k.percentile, 6) as {{ type_figure() }}) end as peer_percentile
from started as s
left join ranked as k on k.report_id = s.report_id and k.measure_id = s.measure_id
where {{ among('peer', 's.report_id') }}
