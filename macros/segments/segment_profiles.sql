{#- How each segment differs from everybody, from a score of segments/profiles.py. -#}
{% macro segment_profiles(profiles) %}
    with
        profiles as (select *, 'descriptive' as evidence from {{ profiles }}),

        final as (select {{ as_contracted() }} from profiles)

    select *
    from final
{% endmacro %}
