{#- One row per segment and trait with what a mean, its interval and a test need (methods/profiles.py), from rows as
    trait_rows makes them. Customers without a segment are left out. -#}
{% macro segment_totals(trait_values, segments, key) -%}
    select
        segment_id,
        segment_name,
        method,
        model_version,
        theme,
        trait,
        kind,
        made_of,
        count(*) as n,
        avg(value) as mean,
        var_samp(value) as variance,
        avg(power(value - segment_mean, 3)) as third_moment,
        min(value) as lowest
    from
        (
            select
                trait_values.*,
                segments.segment_id,
                segments.segment_name,
                segments.method,
                segments.model_version,
                avg(trait_values.value) over (
                    partition by segments.segment_id, trait_values.theme, trait_values.trait
                ) as segment_mean
            from {{ trait_values }} as trait_values
            inner join {{ segments }} as segments on trait_values.{{ key }} = segments.{{ key }}
            where trait_values.value is not null and segments.segment_id is not null
        ) as known
    group by segment_id, segment_name, method, model_version, theme, trait, kind, made_of
{%- endmacro %}
