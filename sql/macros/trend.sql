{#- Change and rank of some measures beside a report's row: columns `<id>_change`, `_change_rate`, `_yearly_growth`,
    `_peers`, `_rank`, `_percentile`. -#}
{% macro trend_columns(ids) -%}
  {%- for id in ids %}
  {%- for column, type in [
    ('change', type_figure()), ('change_rate', type_figure()), ('yearly_growth', type_figure()),
    ('peers', 'bigint'), ('peer_rank', 'bigint'), ('peer_percentile', type_figure()),
  ] %}
    cast(max(case when t.measure_id = '{{ id }}' then t.{{ column }} end) as {{ type }}) as {{ id }}_{{ column | replace('peer_', '') }},
  {%- endfor %}
  {%- endfor %}
{%- endmacro %}

{#- Those columns by report: a select for a common table expression. -#}
{% macro trends(ids) -%}
  select
    {{ trend_columns(ids) }}
    t.report_id
  from {{ ref('trend') }} as t
  where t.measure_id in ({% for id in ids %}'{{ id }}'{{ ", " if not loop.last }}{% endfor %})
  group by t.report_id
{%- endmacro %}

{% macro trend_names(ids, alias='t') -%}
  {%- for id in ids %}
  {%- for column in ['change', 'change_rate', 'yearly_growth', 'peers', 'rank', 'percentile'] %}
  {{ alias }}.{{ id }}_{{ column }},
  {%- endfor %}
  {%- endfor %}
{%- endmacro %}
