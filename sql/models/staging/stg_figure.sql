-- grain: one row per report (current or not), codebook indicator and applicant column; no column counts as total
-- The figure is a table's (or OCR's) where one is resolved, else the text's, else none with the table's state.
-- Two resolved figures of one kind that differ leave none: the cell is then ambiguous.
with observed as (
  select
    report_id, indicator, applicant, coalesce(applicant, 'total') as applicant_key, observation_id, value, unit,
    coalesce(approx, false) as approx, state, resolved, resolution, method, locator, raw,
    case when resolved is null then 4 else 0 end
      + case when method = 'text' then 2 else 0 end
      + case when resolved is not null and coalesce(approx, false) then 1 else 0 end as preference
  from {{ source('core', 'observation') }}
  where indicator not like 'local.%'
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
  from observed
)

select
  report_id,
  indicator,
  applicant,
  applicant_key,
  observation_id,
  value,
  unit,
  approx,
  case when least <> most then 'ambiguous' else state end as state,
  case when least <> most then null else resolved end as resolved,
  case when least <> most then null else resolution end as resolution,
  method
from ranked
where place = 1
