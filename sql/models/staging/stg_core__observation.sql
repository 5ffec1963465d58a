-- grain: one row per observation; no column counts as total
select
  o.*,
  coalesce(o.applicant, 'total') as applicant_key,
  -- A row of a table that the codebook lacks.
  i.indicator is null as is_local
from {{ source('core', 'observation') }} as o
left join (select distinct indicator from {{ source('ref', 'indicator') }}) as i on i.indicator = o.indicator
