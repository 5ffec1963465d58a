-- grain: one row per body and year without a current report, between the body's first and last
with body as (
  select
    body_id,
    min(year) as first_year,
    max(year) as last_year,
    max_by(division_code, year) as division_code,
    max_by(division_name, year) as division_name,
    max_by(level, year) as level,
    max_by(issuer, year) as issuer,
    max_by(body_kind, year) as body_kind
  from {{ ref('stg_report') }}
  where body_id is not null and year is not null
  group by body_id
),

calendar as (
  {{ year_rows('select min(year) as first_year, max(year) as last_year from ' ~ ref('stg_report')) }}
)

select b.body_id, c.year, b.division_code, b.division_name, b.level, b.issuer, b.body_kind
from body as b
inner join calendar as c on c.year > b.first_year and c.year < b.last_year
left join {{ ref('stg_report') }} as r on r.body_id = b.body_id and r.year = c.year
where r.report_id is null
