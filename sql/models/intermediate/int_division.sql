-- grain: one row per division code and year in which it was in being, 2008 to the last report's year
with calendar as (
  {{ year_rows('select cast(2008 as integer) as first_year, max(year) as last_year from ' ~ ref('stg_core__report')) }}
),

ranked as (
  select
    d.division_code,
    c.year,
    d.name,
    d.level,
    d.parent_code,
    row_number() over (partition by d.division_code, c.year order by d.valid_from desc, d.name) as place
  from {{ ref('stg_ref__division') }} as d
  inner join calendar as c on c.year >= d.valid_from and c.year <= coalesce(d.valid_to, 9999)
)

select division_code, year, name, level, parent_code from ranked where place = 1
