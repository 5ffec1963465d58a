-- grain: one row per cell of int_figure that more than one observation speaks of: the figure preferred
-- A table's (or OCR's) where one is resolved, else the text's, else none with the table's state.
-- Two resolved figures of one kind that differ leave none: the cell is then ambiguous.
with observed as (
  select
    *, {{ row_hash(['report_id', 'indicator', 'applicant_key']) }} as cell
  from {{ ref('stg_core__observation') }}
  where not is_local
),

repeated as (
  select cell from observed group by cell having count(*) > 1
),

preferred as (
  select
    o.*,
    case when o.resolved is null then 4 else 0 end
      + case when o.method = 'text' then 2 else 0 end
      + case when o.resolved is not null and o.approx then 1 else 0 end as preference
  from observed as o
  inner join repeated as r on r.cell = o.cell
),

ranked as (
  select
    *,
    row_number() over (
      partition by report_id, indicator, applicant_key
      order by preference, length(observation_id), observation_id
    ) as place,
    min(resolved) over (partition by report_id, indicator, applicant_key, preference) as least,
    max(resolved) over (partition by report_id, indicator, applicant_key, preference) as most
  from preferred
)

select
  cell,
  report_id,
  indicator,
  applicant_key,
  observation_id,
  value,
  coalesce(approx, false) as approx,
  case when least <> most then 'ambiguous' else state end as state,
  case when least <> most then null else resolved end as resolved,
  case when least <> most then null else resolution end as resolution,
  method
from ranked
where place = 1
