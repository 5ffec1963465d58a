{#- What engines spell differently. Models hold no engine's own SQL. -#}

{% macro year_rows(first, last) -%} {{ return(adapter.dispatch('year_rows', 'yangguang')(first, last)) }} {%- endmacro %}
{#- A select with one column `year`, from first to last (both scalar subqueries or numbers). -#}
{% macro duckdb__year_rows(first, last) -%}
  select cast(unnest(range(cast(coalesce({{ first }}, 1) as bigint), cast(coalesce({{ last }}, 0) as bigint) + 1)) as integer) as year
{%- endmacro %}
{% macro spark__year_rows(first, last) -%}
  select cast(explode(sequence(coalesce({{ first }}, 0), coalesce({{ last }}, 0))) as integer) as year
{%- endmacro %}
