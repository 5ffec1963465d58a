{#- A full build on DuckDB makes a model with very many rows in parts, one after the other, so that the memory it takes does not
    grow with the corpus. A model says by `in_part(column)`, in each of its where clauses and behind each condition of a join to
    a large table, what keeps its parts apart: no row may depend on rows of another value. Elsewhere it is a remark. -#}
{% macro in_part(column) -%} /* part of {{ column }} */ {%- endmacro %}

{#- How many parts: one for every `reports_per_part`, eight at most. A change (docs/decisions/0003-changed-rows.md) is one. -#}
{% macro parts() -%}
  {%- if not execute or yangguang.partial() -%} {{ return(1) }} {%- endif -%}
  {%- set reports = run_query('select count(*) as reports from ' ~ source('core', 'report')).rows[0]['reports'] | int -%}
  {{ return([1 + reports // var('reports_per_part'), 8] | min) }}
{%- endmacro %}

{% macro part(code, number, parts) -%}
  {{ return(modules.re.sub('/[*] part of ([^ ]+) [*]/', 'and hash(\\1) % ' ~ parts ~ ' = ' ~ number, code)) }}
{%- endmacro %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- set parts = yangguang.parts() if '/* part of ' in compiled_code and not temporary else 1 -%}
  {%- set first = yangguang.part(compiled_code, 0, parts) if parts > 1 else compiled_code -%}
  {{ dbt.duckdb__create_table_as(temporary, relation, first, language, partitioned_by, sorted_by) }}
  {%- for number in range(1, parts) %}
  insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(yangguang.part(compiled_code, number, parts)) }});
  {%- endfor %}
{%- endmacro %}
