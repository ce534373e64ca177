{#- What a list asks of customer and action, in this order, with its words; the last one is passed by those on the list. -#}
{% macro decision_stages() %}
    {{ return([
        ("all", "every customer of the files with every action"),
        ("known", "enough is known to tell what to expect"),
        ("may_be_profiled", "the customer doesn't object to profiling"),
        ("may_be_contacted", "the customer may be contacted"),
        ("not_paused", "no contact within the pause, and no outcome of an earlier hold-out still to be judged"),
        ("eligible", "the action suits the customer"),
        ("worth_its_cost", "the action is expected to earn more than it costs"),
        ("inside_limits", "money, contacts and capacity last for the customer"),
        ("not_held_out", "the customer isn't held out at random"),
        ("chosen", "this action is the one on the list"),
    ]) }}
{% endmacro %}
