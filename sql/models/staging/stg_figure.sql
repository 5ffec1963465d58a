-- grain: one row per report (current or not), codebook indicator and applicant column; no column counts as total
-- The figure is a table's (or OCR's) where one is resolved, else the text's, else none with the table's state.
-- Two resolved figures of one kind that differ leave none: the cell is then ambiguous.
with observed as (
  select
    report_id, indicator, applicant, coalesce(applicant, 'total') as applicant_key, observation_id, value, unit,
    coalesce(approx, false) as approx, state, resolved, resolution, method,
    {{ row_hash(['report_id', 'indicator', "coalesce(applicant, 'total')"]) }} as cell
  from {{ source('core', 'observation') }}
  where indicator not like 'local.%' and {{ among('report', 'report_id') }}
),

-- Most cells have one observation: only the others are ranked.
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
  o.report_id, o.indicator, o.applicant, o.applicant_key, o.observation_id, o.value, o.unit, o.approx, o.state,
  o.resolved, o.resolution, o.method
from observed as o
left join repeated as r on r.cell = o.cell
where r.cell is null
union all
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
