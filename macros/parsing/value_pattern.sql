{#- The grammar of values: how a text must be written, blanks at its ends aside, to be a value of a kind. The loader, the
    importers and `score` ask here; what casts take beside it (4_5, 0x2A, epoch, a zone that is dropped) is refused.
    Written so that DuckDB, Spark and Python read it alike: no backslash, no look-around. `places`: how many decimals may
    differ from zero, None for any number. Past six more of nothing but 0 or 9 they are the noise of binary fractions. -#}
{% macro value_pattern(kind, places=None) -%}
    {%- set fraction = "[0-9]*" -%}
    {%- if places is not none -%}
        {%- set whole_places = "[0-9]{" ~ places ~ "}" -%}
        {%- set fraction = "([0-9]{0," ~ places ~ "}0*|" ~ whole_places ~ "(0{6,}|9{6,})[0-9]*)" -%}
    {%- endif -%}
    {%- set number = "([0-9]+([.]" ~ fraction ~ ")?|[.]" ~ fraction ~ ")" -%}
    {%- set dollars = "([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+|)([.]" ~ fraction ~ ")?" -%}
    {%- set day = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}" -%}
    {%- set time = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?" -%}
    {%- set patterns = {
        "whole": "[-+]?[0-9]+([.]0*)?",
        "decimal": "[-+]?" ~ number,
        "double": "[-+]?" ~ number ~ "([eE][-+]?[0-9]{1,3})?",
        "money": "([-+]?[$]? ?|[$] ?[-+]?)" ~ dollars,
        "date": day,
        "timestamp": day ~ "([ T]" ~ time ~ ")?",
        "zoned": day ~ "[ T]" ~ time ~ " ?([-+][0-9]{1,2}(:?[0-9]{2})?|[A-Za-z].*)",
        "us_date": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
        "month_year": "[0-9]{1,2}/[0-9]{4}",
        "zip": "[0-9]{1,5}([.]0*)?",
        "true": "1|1[.]0|t|true|y|yes",
        "false": "0|0[.]0|f|false|n|no",
    } -%}
    {{- patterns[kind] -}}
{%- endmacro %}
