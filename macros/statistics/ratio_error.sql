{#- Standard error of the ratio of two totals over the rows of a group, by the delta method; null where the second is 0. -#}
{% macro ratio_error(above, below) -%}
    {%- set ratio = "(sum(" ~ above ~ ") / nullif(sum(" ~ below ~ "), 0))" -%}
    sqrt(
        greatest(
            count(*) * (
                var_samp({{ above }})
                + {{ ratio }} * {{ ratio }} * var_samp({{ below }})
                - 2 * {{ ratio }} * covar_samp({{ above }}, {{ below }})
            ),
            0
        )
    )
    / nullif(abs(sum({{ below }})), 0)
{%- endmacro %}
