{#- The margin a year to expect of an offer, by one of the take-up rates (`end`: nothing, _low or _high). -#}
{% macro taken_margin(end="") -%} round(score * take_up_rate{{ end }} * yearly_margin_usd, 6) {%- endmacro %}
