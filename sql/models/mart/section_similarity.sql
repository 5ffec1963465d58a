-- grain: one row per current report and section: how many of its sentences stood in last year's report of the same body
-- Sentences are compared without digits and white space, so that a changed year or figure alone makes no new sentence.
{%- set ends = '；;！!？?\n' %}
{%- set digits = '0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万亿.%％' %}
{%- set blanks = '# \t\r　' %}
with sentence as (
  select report_id, section, {{ pieces('words', '。') }} as words
  from (
    -- Every mark that ends a sentence becomes a full stop; digits and white space go.
    select
      report_id, section,
      translate(body_text, '{{ ends ~ digits ~ blanks }}', '{{ '。' * ends | length }}') as words
    from {{ ref('stg_core__section') }}
  ) as plain
),

kept as (
  select s.report_id, s.section, {{ row_hash(['s.words']) }} as words -- sentences are compared, never shown
  from sentence as s
  inner join {{ ref('int_report') }} as r on r.report_id = s.report_id
  where length(s.words) >= 8 and r.body_id is not null and r.year is not null
),

pair as (
  select r.report_id, max(p.report_id) as previous_report_id
  from {{ ref('int_report') }} as r
  inner join {{ ref('int_report') }} as p on p.body_id = r.body_id and p.scope = r.scope and p.year = r.year - 1
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
inner join {{ ref('int_report') }} as r on r.report_id = c.report_id
inner join {{ ref('stg_core__section') }} as s on s.report_id = c.report_id and s.section = c.section
