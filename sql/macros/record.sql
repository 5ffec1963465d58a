{#- At the end of every run of dbt, meta.built says of each model and test of the project what became of it in this
    build: the warehouse is published only where all is well (pipeline/load/gate.py). One row a model or test:
    node, kind (model, test), blocking (a test that may not fail), build (whose core it stands on), status, rows (of a table).
    What this run left out keeps its row, but for tests of a model that was built again without them.
    On Spark it is meta.built_on_spark, which pipeline/cluster/models.py takes into the build with the tables. -#}
{% macro record_built(results) -%}
  {%- if execute and flags.WHICH in ('build', 'run', 'test') -%}
  {%- set ran = {} -%}
  {%- set again = [] -%}
  {%- for result in results -%}
    {%- do ran.update({result.node.unique_id: result.status | string}) -%}
    {%- if result.node.resource_type == 'model' -%}{%- do again.append(result.node.unique_id) -%}{%- endif -%}
  {%- endfor -%}
  {%- set rows = [] -%}
  {%- set counts = [] -%}
  {%- for node in graph.nodes.values() if node.resource_type in ('model', 'test') -%}
    {%- set untested = node.resource_type == 'test' and node.depends_on.nodes | select('in', again) | list | length > 0 -%}
    {%- set status = ran.get(node.unique_id, 'not_run' if untested else none) -%}
    {%- set name = node.schema ~ '.' ~ node.alias if node.resource_type == 'model' else node.name -%}
    {%- do rows.append(
      "('" ~ name ~ "', '" ~ node.resource_type ~ "', "
      ~ (node.resource_type == 'test' and node.config.severity | lower == 'error') ~ ", " ~ ("'" ~ status ~ "'" if status else 'null') ~ ")"
    ) -%}
    {%- if status == 'success' and node.config.materialized == 'table' -%}
      {%- do counts.append("select '" ~ name ~ "' as node, count(*) as rows from " ~ name) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ yangguang.into_built() }}
  select
    n.node, n.kind, n.blocking,
    (select max(value) from meta.build where key = 'build') as build,
    coalesce(n.status, b.status, 'not_run') as status,
    case when n.status is null then b.rows else c.rows end as rows
  from (values {{ rows | join(',\n    ') }}) as n (node, kind, blocking, status)
  left join meta.built as b on b.node = n.node
  left join (
    {{ counts | join('\n    union all ') or 'select node, rows from meta.built where false' }}
  ) as c on c.node = n.node
  {%- endif -%}
{%- endmacro %}

{#- Where that goes: how the statement begins. -#}
{% macro into_built() -%} {{ return(adapter.dispatch('into_built', 'yangguang')()) }} {%- endmacro %}
{% macro duckdb__into_built() -%}
  create schema if not exists meta;
  create table if not exists meta.build (key varchar, value varchar);
  create table if not exists meta.built
    (node varchar, kind varchar, blocking boolean, build varchar, status varchar, rows bigint);
  create or replace table meta.built as
{%- endmacro %}
{% macro spark__into_built() -%} create table meta.built_on_spark using parquet as {%- endmacro %}
