-- grain: one row per body and year without a current report, between the body's first and last
with latest as (
  select
    *, row_number() over (partition by body_id order by year desc, report_id) as place
  from {{ ref('int_report') }}
  where body_id is not null and year is not null
),

body as (
  select
    l.body_id, l.division_code, l.division_name, l.level, l.issuer, l.body_kind, s.first_year, s.last_year
  from latest as l
  inner join (
    select body_id, min(year) as first_year, max(year) as last_year from latest group by body_id
  ) as s on s.body_id = l.body_id
  where l.place = 1
),

calendar as (
  {{ year_rows('select min(year) as first_year, max(year) as last_year from ' ~ ref('int_report')) }}
)

select b.body_id, c.year, b.division_code, b.division_name, b.level, b.issuer, b.body_kind
from body as b
inner join calendar as c on c.year > b.first_year and c.year < b.last_year
left join {{ ref('int_report') }} as r on r.body_id = b.body_id and r.year = c.year
where r.report_id is null
