{#- What engines spell differently. Models hold no engine's own SQL. -#}

{% macro year_rows(bounds) -%} {{ return(adapter.dispatch('year_rows', 'yangguang')(bounds)) }} {%- endmacro %}
{#- A select with one column `year`: every year of `bounds`, a select of one row with first_year and last_year. -#}
{% macro duckdb__year_rows(bounds) -%}
  select cast(unnest(range(cast(first_year as bigint), cast(last_year as bigint) + 1)) as integer) as year
  from ({{ bounds }}) as bounds
{%- endmacro %}
{% macro spark__year_rows(bounds) -%}
  select cast(year as integer) as year
  from (select explode(sequence(first_year, last_year)) as year from ({{ bounds }}) as bounds) as years
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
