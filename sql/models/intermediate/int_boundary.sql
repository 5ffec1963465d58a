-- grain: one row per division code and year in which its area changed against the year before
-- `partial` where only some of a territory moved, so that no sum of whole divisions gives the other boundaries.
with ends as (
  select from_code as division_code, event_date, kind, extent from {{ ref('stg_ref__division_event') }}
  union all
  select to_code as division_code, event_date, kind, extent from {{ ref('stg_ref__division_event') }}
)

select
  division_code,
  cast(extract(year from event_date) as integer) as year,
  max(case when extent = 'part' then 1 else 0 end) = 1 as partial
from ends
where coalesce(division_code, '') <> '' and event_date is not null
  and (kind in ('merged', 'split') or extent = 'part')
group by division_code, extract(year from event_date)
