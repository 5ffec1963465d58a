{#- After a change, only the rows that depend on it are built again (docs/decisions/0003-changed-rows.md): the loader names
    their keys in meta.changed (kind, key). Where that table is not there, as in a full build, everything is built. -#}
{% macro partial() -%} {{ return(adapter.dispatch('partial', 'yangguang')()) }} {%- endmacro %}
{% macro duckdb__partial() -%}
  {%- if not execute %}{{ return(false) }}{% endif -%}
  {{ return(adapter.get_relation(database=target.database, schema='meta', identifier='changed') is not none) }}
{%- endmacro %}
{% macro default__partial() -%} {{ return(false) }} {%- endmacro %}

{#- A condition: the column's value is one that a change of this kind touches. Always true in a full build. -#}
{% macro among(kind, column) -%}
  {%- if yangguang.partial() -%} {{ yangguang.keyed(kind, column) }} {%- else -%} true {%- endif -%}
{%- endmacro %}
{% macro keyed(kind, column) -%} {{ column }} in (select key from meta.changed where kind = '{{ kind }}') {%- endmacro %}

{#- First line of a model with many rows: which of them a change touches, as pairs of kind and column. Those are taken out and
    what the model selects is put in; the model selects no others, by `among`. -#}
{% macro changed_rows(kind, column, other_kind=none, other_column=none) -%}
  {%- set touched = yangguang.keyed(kind, column) ~ (' or ' ~ yangguang.keyed(other_kind, other_column) if other_kind else '') -%}
  {{ config(
    materialized='incremental' if target.type == 'duckdb' else 'table', incremental_strategy='changed_rows',
    incremental_predicates=[touched], on_schema_change='fail'
  ) }}
{%- endmacro %}

{% macro get_incremental_changed_rows_sql(arguments) -%}
  {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
  delete from {{ arguments['target_relation'] }}
  {%- if yangguang.partial() %} where {{ arguments['incremental_predicates'] | join(' or ') }}{% endif %};
  insert into {{ arguments['target_relation'] }} ({{ columns }}) select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}
