-- grain: one row per current report and harmonised measure, and one per measure for a year that a body skipped
{{ changed_rows('report', 'report_id', 'body', 'body_id') }}
with {{ evaluate() }},

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
  where {{ among('report', 'r.report_id') }} {{ in_part('r.report_id') }}
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
where {{ among('body', 'g.body_id') }} {{ in_part('g.body_id') }}
