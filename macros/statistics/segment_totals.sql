{#- One row per segment and trait with what a mean, its interval and a test need (methods/profiles.py), from rows as
    trait_rows makes them. Customers without a segment are left out. -#}
{% macro segment_totals(trait_values, segments, key) -%}
    with
        known as (
            select
                trait_values.*,
                segments.segment_id,
                segments.segment_name,
                segments.method,
                segments.model_version
            from {{ trait_values }} as trait_values
            inner join {{ segments }} as segments on trait_values.{{ key }} = segments.{{ key }}
            where trait_values.value is not null and segments.segment_id is not null
        ),

        means as (
            select segment_id, theme, trait, {{ in_order('avg', 'value') }} as segment_mean
            from known
            group by segment_id, theme, trait
        )

    select
        known.segment_id,
        known.segment_name,
        known.method,
        known.model_version,
        known.theme,
        known.trait,
        known.kind,
        known.made_of,
        count(*) as n,
        {{ in_order('avg', 'known.value') }} as mean,
        {{ in_order('var_samp', 'known.value') }} as variance,
        {{ in_order('avg', 'power(known.value - means.segment_mean, 3)') }} as third_moment,
        min(known.value) as lowest
    from known
    inner join
        means
        on known.segment_id = means.segment_id
        and known.theme = means.theme
        and known.trait = means.trait
    group by
        known.segment_id,
        known.segment_name,
        known.method,
        known.model_version,
        known.theme,
        known.trait,
        known.kind,
        known.made_of
{%- endmacro %}
