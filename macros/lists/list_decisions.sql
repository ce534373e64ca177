{#- Each customer and action of every list that is built (`decided_lists`), with the stage that took it (`decision_rows`). -#}
{% macro list_decisions() %}
    {%- set built = [] -%}
    {%- for list in decided_lists() -%}
        {%- set decisions = built_models([list.decisions], [list.key, "is_known", list.money]) -%}
        {%- set choice = built_models([list.choice], [list.key, "is_held_out"]) -%}
        {%- if decisions and choice -%} {%- do built.append(decision_rows(list, decisions[0], choice[0])) -%} {%- endif -%}
    {%- endfor -%}
    {%- set columns = ["domain", "list_name", "subject_id", "action", "currency", "expected_money", "stage_number"] -%}
    {{ built | join(" union all ") or "select null as " ~ columns | join(", null as ") ~ " where false" }}
{% endmacro %}
