{#- No two rows share these columns; rows where one of them is null are counted too. -#}
{% test one_row_per(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_found
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{#- Every value present lies between least and most (either may be left out). -#}
{% test within(model, column_name, least=none, most=none) %}
select {{ column_name }}
from {{ model }}
where false
  {% if least is not none %} or {{ column_name }} < {{ least }}{% endif %}
  {% if most is not none %} or {{ column_name }} > {{ most }}{% endif %}
{% endtest %}

{#- The condition holds in every row (a null counts as holding). -#}
{% test holds(model, condition) %}
select * from {{ model }} where not ({{ condition }})
{% endtest %}
