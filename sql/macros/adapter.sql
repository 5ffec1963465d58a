{#- What engines spell differently. Models hold no engine's own SQL. -#}

{% macro year_rows(first, last) -%} {{ return(adapter.dispatch('year_rows', 'yangguang')(first, last)) }} {%- endmacro %}
{#- A select with one column `year`, from first to last (both scalar subqueries or numbers). -#}
{% macro duckdb__year_rows(first, last) -%}
  select cast(unnest(range(cast(coalesce({{ first }}, 1) as bigint), cast(coalesce({{ last }}, 0) as bigint) + 1)) as integer) as year
{%- endmacro %}
{% macro spark__year_rows(first, last) -%}
  select cast(explode(sequence(coalesce({{ first }}, 0), coalesce({{ last }}, 0))) as integer) as year
{%- endmacro %}

{#- A whole number that stands for a row's values; sums of it do not depend on the order of rows. -#}
{% macro row_hash(columns) -%} {{ return(adapter.dispatch('row_hash', 'yangguang')(columns)) }} {%- endmacro %}
{% macro duckdb__row_hash(columns) -%} cast(hash({{ columns | join(', ') }}) as hugeint) {%- endmacro %}
{% macro spark__row_hash(columns) -%} cast(xxhash64({{ columns | join(', ') }}) as decimal(38,0)) {%- endmacro %}

{#- A sum of row hashes as text. -#}
{% macro hash_sum(hash) -%} cast(sum({{ hash }}) as {{ dbt.type_string() }}) {%- endmacro %}

{#- Text with every match of a pattern replaced. -#}
{% macro replace_all(text, pattern, by) -%} {{ return(adapter.dispatch('replace_all', 'yangguang')(text, pattern, by)) }} {%- endmacro %}
{% macro duckdb__replace_all(text, pattern, by) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g') {%- endmacro %}
{% macro spark__replace_all(text, pattern, by) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}') {%- endmacro %}

{#- One row per piece of a text cut at a pattern: a select item. -#}
{% macro pieces(text, pattern) -%} {{ return(adapter.dispatch('pieces', 'yangguang')(text, pattern)) }} {%- endmacro %}
{% macro duckdb__pieces(text, pattern) -%} unnest(regexp_split_to_array({{ text }}, '{{ pattern }}')) {%- endmacro %}
{% macro spark__pieces(text, pattern) -%} explode(split({{ text }}, '{{ pattern }}')) {%- endmacro %}
