{#- Whether a list may name somebody again: not while held out until the outcome is judged (in the week of the list they
    stand for themselves in the choice), nor within the pause after the last contact. `draws` is a relation of
    `list_draws`, left joined; `last_contact` a day, null without one. -#}
{% macro may_be_listed(draws, last_contact) %}
    not (
        coalesce({{ draws }}.is_held_out and not {{ draws }}.is_list_valid, false)
        and {{ draws }}.outcome_date > {{ as_of_date() }}
    )
    and coalesce(
        {{ dbt.dateadd('day', stated_days('contact_pause_days'), last_contact) }} <= {{ as_of_date() }}, true
    )
{% endmacro %}
