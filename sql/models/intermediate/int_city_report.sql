-- grain: one row per division and year: the current report of its government with the widest scope
with ranked as (
  select
    r.*,
    coalesce(d.level, r.level) as division_level,
    coalesce(
      d.parent_code,
      case
        when substr(r.division_code, 5, 2) <> '00' then substr(r.division_code, 1, 4) || '00'
        when substr(r.division_code, 3, 4) <> '0000' then substr(r.division_code, 1, 2) || '0000'
      end
    ) as parent_code,
    row_number() over (
      partition by r.division_code, r.year
      -- The government's own report before that of a zone or an office, whatever their scopes.
      order by
        case r.body_kind when '{{ var("governing_zone_kind") }}' then 1 when '{{ var("office_kind") }}' then 2 else 0 end,
        {{ scope_rank('r.scope') }}, r.report_id
    ) as place
  from {{ ref('int_report') }} as r
  left join {{ ref('int_division') }} as d on d.division_code = r.division_code and d.year = r.year
  where r.speaks_for_government and r.division_code is not null and r.year is not null
)

select * from ranked where place = 1
