-- grain: one row per report, indicator and applicant column that an error finding of the report names
-- One of the cells of a sum that does not hold is wrong as printed; which one, nothing says.
with named as (
  select report_id, {{ cells_in('cells') }} as cell
  from {{ ref('stg_core__finding') }}
  where severity = 'error'
)

select distinct
  report_id, {{ first_of('cell') }} as indicator, coalesce({{ second_of('cell') }}, 'total') as applicant_key
from named
