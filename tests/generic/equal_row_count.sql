{#- Two relations have the same number of rows. -#}
{% test equal_row_count(model, compare_to) %}
with counts as (

    select
        (select count(*) from {{ model }}) as rows_here,
        (select count(*) from {{ compare_to }}) as rows_there

)

select * from counts where rows_here <> rows_there
{% endtest %}
