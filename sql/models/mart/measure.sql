-- grain: one row per current report and harmonised measure, and one per measure for a year that a body skipped
with term as (
  select
    r.report_id,
    t.measure_id,
    t.alternative,
    t.part,
    t.coefficient,
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
  left join {{ ref('stg_figure') }} as f
    on f.report_id = r.report_id
    and f.indicator = t.indicator
    and f.applicant_key = coalesce(t.applicant, 'total')
),

summed as (
  select
    report_id,
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
  group by report_id, measure_id, alternative
),

chosen as (
  select
    *,
    row_number() over (
      partition by report_id, measure_id order by case when whole then 0 else 1 end, alternative
    ) as place
  from summed
),

reported as (
  select
    r.division_code,
    r.division_name,
    r.level,
    r.issuer,
    r.scope,
    r.year,
    m.measure_id,
    case
      when not coalesce(c.whole, false) then null
      when m.kind = 'ratio' then {{ quotient('c.numerator', 'c.denominator') }}
      else cast(c.numerator as {{ type_figure() }})
    end as value,
    case when m.comparability = 'exact' and c.whole and c.approx = 1 then 'approx' else m.comparability end as comparability,
    case
      when c.report_id is null then 'not_in_form'
      when not c.whole then {{ gap_state('c.gap') }}
      when m.kind = 'ratio' and c.denominator = 0 then 'not_applicable'
      when c.proved = 1 then 'proved'
      when c.nil = 1 then 'text_zero'
      else 'reported'
    end as state,
    r.report_id,
    r.body_id,
    r.body_kind,
    r.template,
    case when m.kind = 'ratio' and c.whole then cast(c.numerator as {{ type_figure() }}) end as numerator,
    case when m.kind = 'ratio' and c.whole then cast(c.denominator as {{ type_figure() }}) end as denominator,
    case when c.whole then c.alternative end as alternative,
    case when c.whole then case c.method when 3 then 'text' when 2 then 'ocr' when 1 then 'table' end end as method,
    coalesce(c.whole and c.approx = 1, false) as approx,
    coalesce(m.kind = 'ratio' and c.whole and c.denominator < {{ var('small_n') }}, false) as small_n
  from {{ ref('stg_report') }} as r
  inner join {{ source('ref', 'measure') }} as m on m.template = r.template
  left join chosen as c on c.report_id = r.report_id and c.measure_id = m.measure_id and c.place = 1
)

select * from reported
union all
select
  g.division_code, g.division_name, g.level, g.issuer, cast(null as {{ dbt.type_string() }}), g.year, i.measure_id,
  cast(null as {{ type_figure() }}), 'none', 'no_report', cast(null as {{ dbt.type_string() }}), g.body_id,
  g.body_kind, cast(null as {{ dbt.type_string() }}), cast(null as {{ type_figure() }}),
  cast(null as {{ type_figure() }}), cast(null as integer), cast(null as {{ dbt.type_string() }}), false, false
from {{ ref('stg_gap_year') }} as g
cross join (select distinct measure_id from {{ source('ref', 'measure') }}) as i
