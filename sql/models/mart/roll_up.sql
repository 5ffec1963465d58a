-- grain: one row per division, year and count whose government reports for its whole area and has divisions below
-- The parent's figure beside the sum of its children's whole-area figures: to compare, never to add.
with parent as (
  select c.division_code, c.year, m.measure_id, m.value, m.comparability, m.report_id, c.division_name, c.division_level as level
  from {{ ref('int_city_report') }} as c
  inner join {{ ref('measure') }} as m on m.report_id = c.report_id and m.value is not null and m.comparability <> 'none'
  inner join (select distinct measure_id from {{ ref('stg_ref__measure') }} where kind <> 'ratio') as k on k.measure_id = m.measure_id
  where c.scope = 'whole_area'
),

child as (
  select c.parent_code, c.year, m.measure_id, count(*) as children_reported, sum(m.value) as children_sum
  from {{ ref('int_city_report') }} as c
  inner join {{ ref('measure') }} as m on m.report_id = c.report_id and m.value is not null and m.comparability <> 'none'
  where c.scope = 'whole_area' and c.parent_code is not null
  group by c.parent_code, c.year, m.measure_id
),

known as (
  select parent_code, year, count(*) as children
  from {{ ref('int_division') }}
  where parent_code is not null
  group by parent_code, year
)

select
  p.division_code, p.division_name, p.level, p.year, p.measure_id, p.report_id,
  cast(p.value as {{ type_figure() }}) as value,
  cast(c.children_sum as {{ type_figure() }}) as children_sum,
  cast(p.value - c.children_sum as {{ type_figure() }}) as own_remainder,
  cast(c.children_reported as bigint) as children_reported,
  cast(k.children as bigint) as children_known,
  coalesce(c.children_reported = k.children, false) as complete,
  c.children_sum > p.value as children_exceed
from parent as p
inner join child as c on c.parent_code = p.division_code and c.year = p.year and c.measure_id = p.measure_id
left join known as k on k.parent_code = p.division_code and k.year = p.year
