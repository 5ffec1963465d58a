-- grain: one row per wording of sentences that nothing claims, numbers and names masked; the most frequent first
with masked as (
  select
    s.statement_id,
    s.report_id,
    s.raw,
    s.locator,
    s.reason,
    {{ yangguang.replaced(
      yangguang.replaced(
        yangguang.replaced("replace(s.raw, coalesce(r.issuer, ' '), '□')", '《[^》]*》', '《》'),
        '[“"][^”"]*[”"]', '“”'
      ),
      '[0-9０-９][0-9０-９,，.]*', '#'
    ) }} as wording
  from {{ ref('stg_core__statement') }} as s
  join {{ ref('stg_core__report') }} as r using (report_id)
  where s.status = 'unclaimed'
)

select
  wording,
  count(*) as statements,
  count(distinct report_id) as reports,
  min_by(reason, statement_id) as reason,
  min_by(raw, statement_id) as example,
  min_by(report_id, statement_id) as example_report_id,
  min_by(locator, statement_id) as example_locator
from masked
group by wording
order by statements desc, wording
