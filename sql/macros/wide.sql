{#- Who a row is about: the columns that every mart of reports begins with. -#}
{% macro identity(alias='r') -%}
  {{ alias }}.report_id, {{ alias }}.body_id, {{ alias }}.division_code, {{ alias }}.division_name, {{ alias }}.level,
  {{ alias }}.issuer, {{ alias }}.scope, {{ alias }}.template, {{ alias }}.year
{%- endmacro %}

{#- Named measures of each current report, side by side; `m_<id>` for its value. Grain: one row per current report. -#}
{% macro wide(ids) -%}
  select
    m.report_id
    {%- for id in ids %},
    max(case when m.measure_id = '{{ id }}' then m.value end) as {{ id }}
    {%- endfor %}
  from {{ ref('measure') }} as m
  where m.report_id is not null
    and m.measure_id in ({% for id in ids %}'{{ id }}'{{ ", " if not loop.last }}{% endfor %})
  group by m.report_id
{%- endmacro %}
