{#- The word that var `vocabularies` declares for a text, whatever its case; any other text as it stands, null where there
    is nothing but blanks. -#}
{% macro declared_word(vocabulary, text) -%}
    case
        lower(trim({{ text }}))
        {%- for word, others in var("vocabularies")[vocabulary].items() %}
            {%- for other in [word | lower] + others if other %}
                when '{{ other }}' then {{ "'" ~ word ~ "'" if word else "null" }}
            {%- endfor %}
        {%- endfor %}
        when ''
        then null
        else trim({{ text }})
    end
{%- endmacro %}
