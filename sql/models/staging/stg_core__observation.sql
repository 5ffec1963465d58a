-- grain: one row per observation; no column counts as total
select
  *,
  coalesce(applicant, 'total') as applicant_key,
  indicator like 'local.%' as is_local
from {{ source('core', 'observation') }}
