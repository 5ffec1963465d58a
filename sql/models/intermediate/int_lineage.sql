-- grain: one row per division code: the code under which its area stands today, and whether a merger lies between
-- Follows changes of a whole territory (raised, recoded, merged); where a part moved, the division keeps its own code.
{%- set steps = 6 %}
with forward as (
  select from_code, min(to_code) as to_code, max(case when kind = 'merged' then 1 else 0 end) as merged
  from {{ ref('stg_ref__division_event') }}
  where kind in ('raised', 'recoded', 'merged') and coalesce(extent, 'whole') = 'whole'
    and coalesce(from_code, '') <> '' and coalesce(to_code, '') <> '' and from_code <> to_code
  group by from_code
  having count(distinct to_code) = 1
),

code as (
  select division_code from {{ ref('stg_ref__division') }}
  union
  select division_code from {{ ref('int_report') }} where division_code is not null
  union
  select from_code from forward
),

step_0 as (
  select division_code, division_code as today_code, 0 as merged, 0 as steps from code
)
{%- for n in range(1, steps + 1) %},

step_{{ n }} as (
  select
    s.division_code, coalesce(f.to_code, s.today_code) as today_code,
    case when s.merged = 1 or coalesce(f.merged, 0) = 1 then 1 else 0 end as merged,
    s.steps + case when f.to_code is null then 0 else 1 end as steps
  from step_{{ n - 1 }} as s
  left join forward as f on f.from_code = s.today_code
)
{%- endfor %}

select distinct division_code, today_code, merged = 1 as merged, cast(steps as integer) as steps
from step_{{ steps }}
