-- grain: one row per current report with a year: the day it was due by law, the day it was published
-- Until the report of 2018: 31 March for every organ (Regulation of 2007, art. 31). Since: departments 31 January,
-- governments of county level and above 31 March (Regulation of 2019, art. 49); townships have no date of their own.
with due as (
  select
    r.*,
    case
      when r.year <= 2018 then make_date(r.year + 1, 3, 31)
      when r.level = 'township' then null
      when r.speaks_for_government then make_date(r.year + 1, 3, 31)
      when r.level = 'department' then make_date(r.year + 1, 1, 31)
      when r.level in ('province', 'prefecture', 'county') then make_date(r.year + 1, 3, 31)
    end as due_on
  from {{ ref('int_report') }} as r
  where r.year is not null
)

select
  {{ identity('r') }},
  r.due_on,
  r.published_on,
  cast(case when r.due_on is not null and r.published_on is not null then {{ dbt.datediff('r.due_on', 'r.published_on', 'day') }} end as integer)
    as days_late,
  case
    when r.due_on is null then 'no_date_set'
    when r.published_on is null then 'unknown'
    when r.published_on < make_date(r.year + 1, 1, 1) then 'before_year_end'
    when r.published_on > r.due_on then 'late'
    else 'in_time'
  end as status
from due as r
