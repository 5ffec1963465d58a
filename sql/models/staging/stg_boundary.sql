-- grain: one row per division code and year in which its area changed against the year before
select distinct code as division_code, cast(extract(year from event_date) as integer) as year
from (
  select from_code as code, event_date from {{ source('ref', 'division_event') }} where kind in ('merged', 'split')
  union all
  select to_code as code, event_date from {{ source('ref', 'division_event') }} where kind in ('merged', 'split')
) as ends
where code is not null and code <> '' and event_date is not null
