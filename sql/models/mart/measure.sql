-- grain: one row per current report and harmonised measure, and one per measure for a year that a body skipped
with {{ evaluate() }},

first_choice as (
  select template, measure_id, min(alternative) as alternative from needed group by template, measure_id
),

best as (
  -- The first alternative whose terms all have a figure, else the first of all.
  select report_id, measure_id, min(case when resolved = terms then alternative else 1000 + alternative end) as rank_of
  from summed
  group by report_id, measure_id
),

chosen as (
  select s.*, s.resolved = s.terms as whole
  from summed as s
  inner join best as b on b.report_id = s.report_id and b.measure_id = s.measure_id
    and b.rank_of = case when s.resolved = s.terms then s.alternative else 1000 + s.alternative end
),

judged as (
  select
    r.report_id, m.measure_id, m.kind, m.comparability, coalesce(c.whole, false) as whole,
    c.numerator, c.denominator, c.alternative, c.method, c.approx, c.proved, c.decided, c.nil, c.contested,
    -- What is missing altogether: the form has no such line, or the report no tables.
    f.alternative is not null as has_terms,
    greatest(
      case when c.alternative = f.alternative then c.gap else 0 end,
      case
        when c.alternative = f.alternative and c.present = c.terms then 0
        when r.family = 'narrative' then {{ gap_rank("'not_in_form'") }}
        when r.has_table then {{ gap_rank("'not_read'") }}
        else {{ gap_rank("'table_missing'") }}
      end
    ) as gap
  from {{ ref('int_report') }} as r
  inner join {{ ref('stg_ref__measure') }} as m on m.template = r.template
  left join first_choice as f on f.template = m.template and f.measure_id = m.measure_id
  left join chosen as c on c.report_id = r.report_id and c.measure_id = m.measure_id
),

reported as (
  select
    r.division_code,
    r.division_name,
    r.level,
    r.issuer,
    r.scope,
    r.year,
    c.measure_id,
    case
      when not c.whole then null
      when c.kind = 'ratio' then {{ quotient('c.numerator', 'c.denominator') }}
      else cast(c.numerator as {{ type_figure() }})
    end as value,
    case when c.comparability = 'exact' and c.whole and c.approx = 1 then 'approx' else c.comparability end as comparability,
    case
      when not c.has_terms then 'not_in_form'
      when not c.whole then {{ gap_state('c.gap') }}
      when c.kind = 'ratio' and c.denominator = 0 then 'no_cases'
      when c.decided = 1 then 'decided'
      when c.proved = 1 then 'proved'
      when c.nil = 1 then 'text_zero'
      else 'reported'
    end as state,
    r.report_id,
    r.body_id,
    r.body_kind,
    r.template,
    case when c.kind = 'ratio' and c.whole then cast(c.numerator as {{ type_figure() }}) end as numerator,
    case when c.kind = 'ratio' and c.whole then cast(c.denominator as {{ type_figure() }}) end as denominator,
    case when c.whole then c.alternative end as alternative,
    case when c.whole then case c.method when 3 then 'text' when 2 then 'ocr' when 1 then 'table' end end as method,
    c.whole and c.approx = 1 as approx,
    coalesce(c.kind = 'ratio' and c.whole and c.denominator < {{ var('small_n') }}, false) as small_n,
    coalesce(c.whole and c.contested = 1, false) as contested
  from judged as c
  inner join {{ ref('int_report') }} as r on r.report_id = c.report_id
)

select * from reported
union all
select
  g.division_code, g.division_name, g.level, g.issuer, cast(null as {{ dbt.type_string() }}), g.year, i.measure_id,
  cast(null as {{ type_figure() }}), 'none', 'no_report', cast(null as {{ dbt.type_string() }}), g.body_id,
  g.body_kind, cast(null as {{ dbt.type_string() }}), cast(null as {{ type_figure() }}),
  cast(null as {{ type_figure() }}), cast(null as integer), cast(null as {{ dbt.type_string() }}), false, false, false
from {{ ref('int_gap_year') }} as g
cross join (select distinct measure_id from {{ ref('stg_ref__measure') }}) as i
