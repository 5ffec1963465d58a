{#- The one place where expressions of the codebook become numbers: sums of the parsed terms in ref.measure_term.

  Common table expressions `needed` (how many terms an alternative of a measure has) and `summed`: one row per report,
  applicant column, measure and alternative of which at least one term stands in the report. `resolved` of its terms
  have a figure; where that is fewer than `terms`, the sum means nothing and `gap` says why.
  With `by_applicant` every column of the application table gets its own sums and measures without that dimension are
  left out. The few terms are joined to the many figures as these are read; no report is multiplied by all terms.
-#}
{% macro evaluate(by_applicant=false, only=none) -%}
needed as (
  select t.template, t.measure_id, t.alternative, count(*) as terms
  from {{ ref('stg_ref__measure_term') }} as t
  where {{ "t.applicant = 'total'" if by_applicant else "true" }}
  {%- if only %} and t.measure_id in ('{{ only | join("', '") }}'){% endif %}
  group by t.template, t.measure_id, t.alternative
),

term as (
  select t.template, t.measure_id, t.alternative, t.part, t.indicator, t.coefficient, n.terms,
    {{ "a.applicant" if by_applicant else "coalesce(t.applicant, 'total')" }} as applicant_key
  from {{ ref('stg_ref__measure_term') }} as t
  inner join needed as n
    on n.template = t.template and n.measure_id = t.measure_id and n.alternative = t.alternative
  {%- if by_applicant %}
  inner join {{ ref('stg_ref__applicant') }} as a on t.applicant = 'total'
  {%- endif %}
),

summed as (
  select
    r.report_id,
    {{ "t.applicant_key," if by_applicant }}
    t.measure_id,
    t.alternative,
    max(t.terms) as terms,
    count(*) as present,
    count(f.resolved) as resolved,
    sum(case when t.part = 'numerator' then {{ weighted('t.coefficient', 'f.resolved') }} end) as numerator,
    sum(case when t.part = 'denominator' then {{ weighted('t.coefficient', 'f.resolved') }} end) as denominator,
    max(case when f.resolved is null then {{ gap_rank('f.state') }} else 0 end) as gap,
    max(case when f.approx then 1 else 0 end) as approx,
    max(case f.method when 'text' then 3 when 'ocr' then 2 when 'table' then 1 else 0 end) as method,
    max(case when f.resolution not in ('as_printed', 'decided_by_person') then 1 else 0 end) as proved,
    max(case when f.resolution = 'decided_by_person' then 1 else 0 end) as decided,
    min(case when f.state = 'text_zero' then 1 else 0 end) as nil,
    max(case when x.report_id is not null then 1 else 0 end) as contested
  from {{ ref('int_figure') }} as f
  inner join {{ ref('int_report') }} as r on r.report_id = f.report_id
  inner join term as t
    on t.template = r.template and t.indicator = f.indicator and t.applicant_key = f.applicant_key
  left join {{ ref('int_contested_cell') }} as x
    on x.report_id = f.report_id and x.indicator = f.indicator and x.applicant_key = f.applicant_key
  group by r.report_id,{{ " t.applicant_key," if by_applicant }} t.measure_id, t.alternative
)
{%- endmacro %}

{#- A product; nearly all coefficients are one, and products of long decimals are slow. -#}
{% macro weighted(coefficient, figure) -%}
  case when {{ coefficient }} = 1 then {{ figure }} else cast({{ coefficient }} * {{ figure }} as {{ type_figure() }}) end
{%- endmacro %}
