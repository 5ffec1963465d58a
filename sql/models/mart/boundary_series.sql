-- grain: one row per division of today, year and count: the figure on today's boundaries
-- Governments that today's division took in are added; `parts` says how many reported, `merged` that it is a sum of ours,
-- `partial` that a part of the territory moved since, so that the boundaries are today's only nearly.
with part as (
  select
    l.today_code, l.merged, c.division_code, c.year, c.report_id, c.scope, m.measure_id, m.value, m.comparability
  from {{ ref('int_city_report') }} as c
  inner join {{ ref('int_lineage') }} as l on l.division_code = c.division_code
  inner join {{ ref('measure') }} as m on m.report_id = c.report_id
  inner join (select distinct measure_id from {{ ref('stg_ref__measure') }} where kind <> 'ratio') as k on k.measure_id = m.measure_id
),

expected as (
  -- Codes that were in being in the year and stand under today's code.
  select l.today_code, d.year, count(*) as parts_known
  from {{ ref('int_division') }} as d
  inner join {{ ref('int_lineage') }} as l on l.division_code = d.division_code
  group by l.today_code, d.year
),

touched as (
  select l.today_code, max(b.year) as last_partial_year
  from {{ ref('int_boundary') }} as b
  inner join {{ ref('int_lineage') }} as l on l.division_code = b.division_code
  where b.partial
  group by l.today_code
),

latest as (
  select division_code, max_by(division_name, year) as division_name, max_by(division_level, year) as level
  from {{ ref('int_city_report') }}
  group by division_code
)

select
  p.today_code as division_code,
  n.division_name,
  n.level,
  p.year,
  p.measure_id,
  case when count(*) = count(p.value) and count(*) >= coalesce(max(e.parts_known), 1) and min(p.scope) = max(p.scope)
    then cast(sum(p.value) as {{ type_figure() }}) end as value,
  case
    when max(case p.comparability when 'none' then 2 when 'approx' then 1 else 0 end) = 2 then 'none'
    when max(case p.comparability when 'none' then 2 when 'approx' then 1 else 0 end) = 1 then 'approx'
    else 'exact'
  end as comparability,
  cast(count(*) as bigint) as parts,
  cast(max(e.parts_known) as bigint) as parts_known,
  max(case when p.division_code <> p.today_code then 1 else 0 end) = 1 and count(*) > 1 as merged,
  coalesce(max(t.last_partial_year) > p.year, false) as partial
from part as p
left join expected as e on e.today_code = p.today_code and e.year = p.year
left join touched as t on t.today_code = p.today_code
left join latest as n on n.division_code = p.today_code
group by p.today_code, n.division_name, n.level, p.year, p.measure_id
