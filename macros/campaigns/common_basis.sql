{#- What the money of several customers rests on: the one basis that they share, or else that some of it is assumed. -#}
{% macro common_basis() -%}
    case when min(basis) = max(basis) then min(basis) when count(*) > 0 then 'assumption' end
{%- endmacro %}
