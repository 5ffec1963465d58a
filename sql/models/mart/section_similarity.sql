-- grain: one row per current report and section: how many of its sentences stood in last year's report of the same body
-- Sentences are compared without digits and white space, so that a changed year or figure alone makes no new sentence.
{{ changed_rows('report', 'report_id') }}
with sentence as (
  select
    report_id, section,
    {{ replace_all(replace_all('piece', '[0-9０-９〇零一二三四五六七八九十百千万亿.%％]', '#'), '[# \t\r\n　]+', '') }} as words
  from (
    select report_id, section, {{ pieces('body_text', '[。；;！!？?\n]') }} as piece
    from {{ source('core', 'section') }}
    where {{ among('report', 'report_id') }}
  ) as cut
),

kept as (
  select s.report_id, s.section, s.words
  from sentence as s
  inner join {{ ref('stg_report') }} as r on r.report_id = s.report_id
  where length(s.words) >= 8 and r.body_id is not null and r.year is not null
),

pair as (
  select r.report_id, max(p.report_id) as previous_report_id
  from {{ ref('stg_report') }} as r
  inner join {{ ref('stg_report') }} as p on p.body_id = r.body_id and p.scope = r.scope and p.year = r.year - 1
  group by r.report_id
),

compared as (
  select
    k.report_id, k.section, p.previous_report_id,
    count(*) as sentences,
    sum(case when b.words is not null then 1 else 0 end) as repeated
  from kept as k
  inner join pair as p on p.report_id = k.report_id
  left join (select distinct report_id, words from kept) as b on b.report_id = p.previous_report_id and b.words = k.words
  group by k.report_id, k.section, p.previous_report_id
)

select
  {{ identity('r') }},
  c.section,
  s.heading,
  c.previous_report_id,
  cast(c.sentences as bigint) as sentences,
  cast(c.repeated as bigint) as repeated,
  {{ quotient('c.repeated', 'c.sentences') }} as similarity
from compared as c
inner join {{ ref('stg_report') }} as r on r.report_id = c.report_id
inner join {{ source('core', 'section') }} as s on s.report_id = c.report_id and s.section = c.section
