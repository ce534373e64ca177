{#- What customers don't permit, or permit expressly: a do-not-contact lookup, and of the permissions those that count on
    the day `as_of`. An entry for all channels takes the place of older ones for a single channel. -#}
{% macro do_not_contact_entries(lookup, permissions, key) %}
    with
        entries as (select * from {{ lookup }}),

        permissions as (
            select {{ key }}, purpose, coalesce(nullif(lower(trim(channel)), ''), 'all') as channel, permission, stated_at
            from {{ permissions }}
            where cast(stated_at as date) <= {{ as_of_date() }}
        ),

        with_recency as (
            select
                *,
                row_number() over (
                    partition by {{ key }}, purpose, channel order by stated_at desc, permission desc
                ) as recency,
                max(case when channel = 'all' then stated_at end) over (partition by {{ key }}, purpose) as all_channels_at
            from permissions
        ),

        final as (
            select
                {{ key }}, 'contact' as purpose, 'all' as channel, false as is_permitted, trim(reason) as reason, until_date
            from entries
            union all
            select {{ key }}, purpose, channel, permission = 'given', permission, null
            from with_recency
            where recency = 1 and (channel = 'all' or all_channels_at is null or stated_at >= all_channels_at)
        )

    select *
    from final
{% endmacro %}
