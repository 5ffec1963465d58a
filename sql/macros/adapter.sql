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

{#- A whole number that stands for a row's values. Two rows may share one: never an identity, only a sieve. -#}
{% macro row_hash(columns) -%} {{ return(adapter.dispatch('row_hash', 'yangguang')(columns)) }} {%- endmacro %}
{% macro duckdb__row_hash(columns) -%} hash({{ columns | join(', ') }}) {%- endmacro %}
{% macro spark__row_hash(columns) -%} xxhash64({{ columns | join(', ') }}) {%- endmacro %}

{#- The sum of many rows' hashes: the same for the same rows in any order. -#}
{% macro hash_sum(columns) -%} {{ return(adapter.dispatch('hash_sum', 'yangguang')(columns)) }} {%- endmacro %}
{% macro duckdb__hash_sum(columns) -%} sum(cast({{ yangguang.row_hash(columns) }} as hugeint)) {%- endmacro %}
{% macro spark__hash_sum(columns) -%} sum(cast({{ yangguang.row_hash(columns) }} as decimal(28,0))) {%- endmacro %}

{#- A text with all that a pattern finds in it replaced. -#}
{% macro replaced(text, pattern, by) -%} {{ return(adapter.dispatch('replaced', 'yangguang')(text, pattern, by)) }} {%- endmacro %}
{% macro duckdb__replaced(text, pattern, by) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g') {%- endmacro %}
{% macro spark__replaced(text, pattern, by) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}') {%- endmacro %}

{#- One row per piece of a text cut at a character: a select item. -#}
{% macro pieces(text, mark) -%} {{ return(adapter.dispatch('pieces', 'yangguang')(text, mark)) }} {%- endmacro %}
{% macro duckdb__pieces(text, mark) -%} unnest(string_split({{ text }}, '{{ mark }}')) {%- endmacro %}
{% macro spark__pieces(text, mark) -%} explode(split({{ text }}, '{{ mark }}')) {%- endmacro %}

{#- One row per cell of a finding, a list of indicator and applicant: a select item from JSON. -#}
{% macro cells_in(text) -%} {{ return(adapter.dispatch('cells_in', 'yangguang')(text)) }} {%- endmacro %}
{% macro duckdb__cells_in(text) -%} unnest(from_json({{ text }}, '[["varchar"]]')) {%- endmacro %}
{% macro spark__cells_in(text) -%} explode(from_json({{ text }}, 'array<array<string>>')) {%- endmacro %}

{#- The first and second value of a list. -#}
{% macro first_of(list) -%} {{ return(adapter.dispatch('first_of', 'yangguang')(list)) }} {%- endmacro %}
{% macro duckdb__first_of(list) -%} {{ list }}[1] {%- endmacro %}
{% macro spark__first_of(list) -%} {{ list }}[0] {%- endmacro %}
{% macro second_of(list) -%} {{ return(adapter.dispatch('second_of', 'yangguang')(list)) }} {%- endmacro %}
{% macro duckdb__second_of(list) -%} {{ list }}[2] {%- endmacro %}
{% macro spark__second_of(list) -%} {{ list }}[1] {%- endmacro %}

{#- The last value so far that is not null: a window function. -#}
{% macro last_known(value) -%} {{ return(adapter.dispatch('last_known', 'yangguang')(value)) }} {%- endmacro %}
{% macro duckdb__last_known(value) -%} last_value({{ value }} ignore nulls) {%- endmacro %}
{% macro spark__last_known(value) -%} last_value({{ value }}, true) {%- endmacro %}

{#- The texts of a group, sorted, as a list: an aggregate. -#}
{% macro texts(text) -%} {{ return(adapter.dispatch('texts', 'yangguang')(text)) }} {%- endmacro %}
{% macro duckdb__texts(text) -%} list(distinct {{ text }} order by {{ text }}) filter (where {{ text }} is not null) {%- endmacro %}
{% macro spark__texts(text) -%} case when count({{ text }}) > 0 then sort_array(collect_set({{ text }})) end {%- endmacro %}
