-- grain: one row per division and year: which report is there, which is missing, which has no tables
-- Divisions: those with any report, and every province, prefecture and county then in being in a province with one.

with calendar as (
  {{ year_rows('select min(year) as first_year, max(year) as last_year from ' ~ ref('int_report')) }}
),

named as (
  -- The name and level that the latest report gives; a government's own before a department's or a township's.
  select
    r.division_code,
    r.division_name,
    case when r.speaks_for_government and r.body_kind <> '{{ var("office_kind") }}' then r.level end as level,
    row_number() over (
      partition by r.division_code
      order by case when r.speaks_for_government then 0 else 1 end, r.year desc nulls last, r.report_id
    ) as place
  from {{ ref('int_report') }} as r
  where r.division_code is not null
),

reporting as (
  select division_code, division_name, level from named where place = 1
),

province as (
  select distinct substr(division_code, 1, 2) as province from reporting
),

expected as (
  select d.division_code, d.year, d.name, d.level
  from {{ ref('int_division') }} as d
  inner join province as p on p.province = substr(d.division_code, 1, 2)
  inner join calendar as c on c.year = d.year
  where d.level in ('province', 'prefecture', 'county')
),

unlisted as (
  -- Divisions that report but that the list of places does not hold (townships, zones, places of the demo).
  select r.division_code, c.year, r.division_name as name, r.level
  from reporting as r
  cross join calendar as c
  where r.division_code not in (
    select division_code from {{ ref('stg_ref__division') }} where level in ('province', 'prefecture', 'county')
  )
),

reported_outside as (
  -- A report for a year in which the list says the division was not there still has its row.
  select distinct r.division_code, r.year, p.division_name as name, p.level
  from {{ ref('int_report') }} as r
  inner join reporting as p on p.division_code = r.division_code
  where r.year is not null
),

cell as (
  select division_code, year, max(name) as name, max(level) as level
  from (
    select * from expected
    union all
    select * from unlisted
    union all
    select o.* from reported_outside as o
    left join expected as e on e.division_code = o.division_code and e.year = o.year
    left join unlisted as u on u.division_code = o.division_code and u.year = o.year
    where e.year is null and u.year is null
  ) as every
  group by division_code, year
),

count_by as (
  select
    division_code,
    year,
    count(*) as reports,
    sum(case when speaks_for_government then 0 else 1 end) as other_reports,
    {{ texts("case when not speaks_for_government then issuer end") }} as other_bodies
  from {{ ref('int_report') }}
  group by division_code, year
)

select
  c.division_code,
  coalesce(g.division_name, c.name) as division_name,
  coalesce(g.division_level, c.level) as level,
  substr(c.division_code, 1, 2) as province_code,
  c.year,
  case
    when g.report_id is null then 'missing'
    when not g.has_table then 'without_tables'
    else 'present'
  end as status,
  g.report_id,
  g.issuer,
  g.scope,
  g.template,
  g.published_on,
  cast(coalesce(n.reports, 0) as bigint) as reports,
  cast(coalesce(n.other_reports, 0) as bigint) as other_reports,
  n.other_bodies,
  cast(coalesce(q.tables_unread, 0) as bigint) as tables_unread,
  p.division_code is not null as in_corpus
from cell as c
left join reporting as p on p.division_code = c.division_code
left join {{ ref('int_city_report') }} as g on g.division_code = c.division_code and g.year = c.year
left join count_by as n on n.division_code = c.division_code and n.year = c.year
left join {{ ref('quality') }} as q on q.report_id = g.report_id
