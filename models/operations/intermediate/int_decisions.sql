{{ depends_on_raw_seeds() }}
with
    final as (
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
    )

select *
from final
