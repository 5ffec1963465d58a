-- grain: one row per report (current or not), codebook indicator and applicant column; no column counts as total
-- A view: most cells have one observation, which stands in core already; int_repeated_figure holds the others.
{{ config(materialized='view') }}
select
  o.report_id, o.indicator, o.applicant_key, o.observation_id, o.value, coalesce(o.approx, false) as approx,
  o.state, o.resolved, o.resolution, o.method
from {{ ref('stg_core__observation') }} as o
left join {{ ref('int_repeated_figure') }} as r
  on r.cell = {{ row_hash(['o.report_id', 'o.indicator', 'o.applicant_key']) }}
where r.cell is null and not o.is_local
union all
select
  report_id, indicator, applicant_key, observation_id, value, approx, state, resolved, resolution, method
from {{ ref('int_repeated_figure') }}
