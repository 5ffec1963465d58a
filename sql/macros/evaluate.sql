{#- The one place where expressions of the codebook become numbers: sums of the parsed terms in ref.measure_term.

  Common table expressions `term`, `summed`, `chosen`; `chosen` has one row per report, applicant column and measure
  (place = 1 is the first alternative whose terms are all resolved). With `by_applicant` every column of the
  application table gets its own sums and measures without that dimension are left out.
-#}
{% macro evaluate(by_applicant=false, only=none) -%}
term as (
  select
    r.report_id,
    t.measure_id,
    t.alternative,
    t.part,
    t.coefficient,
    {{ "a.applicant" if by_applicant else "'total'" }} as applicant_key,
    f.resolved,
    f.resolution,
    f.method,
    coalesce(f.approx, false) as approx,
    case
      when f.report_id is not null then f.state
      when r.template = 'v2008' or r.has_table then 'not_in_form'
      else 'table_missing'
    end as state
  from {{ ref('stg_report') }} as r
  inner join {{ source('ref', 'measure_term') }} as t on t.template = r.template
  {%- if by_applicant %}
  inner join {{ source('ref', 'applicant') }} as a on t.applicant = 'total'
  {%- endif %}
  left join {{ ref('stg_figure') }} as f
    on f.report_id = r.report_id
    and f.indicator = t.indicator
    and f.applicant_key = {{ "a.applicant" if by_applicant else "coalesce(t.applicant, 'total')" }}
    {{ in_part('f.report_id') }}
  where {{ among('report', 'r.report_id') }} {{ in_part('r.report_id') }}
  {%- if only %}
    and t.measure_id in ({% for id in only %}'{{ id }}'{{ ", " if not loop.last }}{% endfor %})
  {%- endif %}
),

summed as (
  select
    report_id,
    applicant_key,
    measure_id,
    alternative,
    count(*) = count(resolved) as whole,
    sum(case when part = 'numerator' then coefficient * resolved end) as numerator,
    sum(case when part = 'denominator' then coefficient * resolved end) as denominator,
    max(case when resolved is null then {{ gap_rank('state') }} else 0 end) as gap,
    max(case when approx then 1 else 0 end) as approx,
    max(case method when 'text' then 3 when 'ocr' then 2 when 'table' then 1 else 0 end) as method,
    max(case when resolution <> 'as_printed' then 1 else 0 end) as proved,
    min(case when state = 'text_zero' then 1 else 0 end) as nil
  from term
  group by report_id, applicant_key, measure_id, alternative
),

chosen as (
  select
    *,
    row_number() over (
      partition by report_id, applicant_key, measure_id order by case when whole then 0 else 1 end, alternative
    ) as place
  from summed
)
{%- endmacro %}
