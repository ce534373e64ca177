{#- Of whom something is known now that wasn't at the last publication, or nothing any more: `known` as in
    `changing_lists`. -#}
{% macro altered_customers(id, known) %}
    {%- for name, log, columns in known %}
        {%- set selected = ([id] + columns) | join(", ") %}
        select {{ id }} as subject_id
        from
            (
                select {{ selected }}
                from {{ ref(name) }}
                except
                select {{ selected }}
                from {{ log }}
            ) as altered
        union
        select {{ id }} as subject_id
        from {{ log }}
        where {{ id }} not in (select {{ id }} from {{ ref(name) }}) {{ "union" if not loop.last }}
    {%- endfor %}
{% endmacro %}
