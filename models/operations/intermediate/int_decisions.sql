{{ depends_on_raw_seeds() }}
with
    decided as (
        {% set built = [] %}
        {% for list in decided_lists() %}
            {% set decisions = built_models([list.decisions], [list.key, "is_known", list.money]) %}
            {% set choice = built_models([list.choice], [list.key, "is_held_out"]) %}
            {% if decisions and choice %}
                {% do built.append(decision_rows(list, decisions[0], choice[0])) %}
            {% endif %}
        {% endfor %}
        {{ built | join(" union all ") }}
        {% if not built %}
            select
                null as domain,
                null as list_name,
                null as subject_id,
                null as action,
                null as currency,
                null as expected_money,
                null as stage_number
            where false
        {% endif %}
    ),

    -- Of a customer's actions one came furthest; of equals the one of the most money.
    final as (
        select
            *,
            row_number() over (
                partition by list_name, subject_id order by stage_number desc, expected_money desc, action asc
            )
            = 1 as is_furthest
        from decided
    )

select *
from final
