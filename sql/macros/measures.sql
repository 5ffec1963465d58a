{#- The codebook's measures as ref.measure holds them: a list of {measure_id, unit, kind}, by name. -#}
{% macro measures() %}
  {% set listed = ref('stg_ref__measure') %}
  {% if not execute %}{{ return([]) }}{% endif %}
  {% set rows = run_query(
    "select measure_id, max(unit) as unit, max(kind) as kind from " ~ listed
    ~ " group by measure_id order by measure_id"
  ) %}
  {% set found = [] %}
  {% for row in rows.rows %}
    {% do found.append({'measure_id': row[0], 'unit': row[1], 'kind': row[2]}) %}
  {% endfor %}
  {{ return(found) }}
{% endmacro %}

{#- Measures as columns: an aggregate over rows of mart.measure for each id given. -#}
{% macro pick(measure_id, column='value', type=none) -%}
  cast(max(case when m.measure_id = '{{ measure_id }}' then m.{{ column }} end) as {{ type or type_figure() }})
{%- endmacro %}

{#- Which state explains a sum that lacks a term: the least certain wins. -#}
{% macro gap_rank(state) -%}
  case {{ state }}
    when 'ambiguous' then 8 when 'unreadable' then 7 when 'table_missing' then 6 when 'blank' then 5
    when 'dash' then 4 when 'not_applicable' then 3 when 'not_read' then 2 when 'not_in_form' then 1 else 8 end
{%- endmacro %}
{% macro gap_state(rank) -%}
  case {{ rank }}
    when 8 then 'ambiguous' when 7 then 'unreadable' when 6 then 'table_missing' when 5 then 'blank'
    when 4 then 'dash' when 3 then 'not_applicable' when 2 then 'not_read' when 1 then 'not_in_form' end
{%- endmacro %}

{#- Whether figures of two reports may stand in one chain: of one scope, or of one that could not be told. -#}
{% macro one_scope(one, other) -%}
  ({{ one }} = {{ other }} or {{ one }} = 'unknown' or {{ other }} = 'unknown')
{%- endmacro %}
{% macro scope_rank(scope) -%}
  case {{ scope }} when 'whole_area' then 1 when 'unknown' then 2 else 3 end
{%- endmacro %}
