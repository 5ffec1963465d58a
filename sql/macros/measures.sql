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
    when 'ambiguous' then 7 when 'unreadable' then 6 when 'table_missing' then 5 when 'blank' then 4
    when 'dash' then 3 when 'not_applicable' then 2 when 'not_in_form' then 1 else 7 end
{%- endmacro %}
{% macro gap_state(rank) -%}
  case {{ rank }}
    when 7 then 'ambiguous' when 6 then 'unreadable' when 5 then 'table_missing' when 4 then 'blank'
    when 3 then 'dash' when 2 then 'not_applicable' when 1 then 'not_in_form' end
{%- endmacro %}

{#- Whether figures of two reports may stand in one chain: of one scope, or of one that could not be told. -#}
{% macro one_scope(one, other) -%}
  ({{ one }} = {{ other }} or {{ one }} = 'unknown' or {{ other }} = 'unknown')
{%- endmacro %}
{% macro scope_rank(scope) -%}
  case {{ scope }} when 'whole_area' then 1 when 'unknown' then 2 else 3 end
{%- endmacro %}
