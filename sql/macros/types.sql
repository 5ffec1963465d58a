{#- One exact type for counts and money. -#}
{% macro type_figure() -%} decimal(24,6) {%- endmacro %}

{#- The column type of a harmonised measure in the panel: money exact decimals, rates doubles, counts whole numbers. -#}
{% macro type_measure(unit, kind) -%}
  {%- if kind == 'ratio' -%} double
  {%- elif unit in ('万元', '元') -%} {{ type_figure() }} {%- else -%} bigint {%- endif -%}
{%- endmacro %}

{#- A quotient to six places; null where the divisor is null or zero. -#}
{% macro quotient(numerator, denominator) -%}
  cast(round(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0), 6) as {{ type_figure() }})
{%- endmacro %}
