{#- Which publication of a list (as in `changing_lists`) is made and which was the last, and whether model or rules differ
    between them; `history` are the lists. -#}
{% macro list_versions(list, history) %}
    with
        numbers as (
            select
                coalesce(max(version), 0) + 1 as publication,
                max(
                    case
                        when
                            domains_built like '%{{ list.domain }}%'
                            and version >= (select min(publication) from {{ history }})
                        then version
                    end
                ) as previous_publication
            from {{ source('operations_private', 'publication_log') }}
        )

    select
        numbers.publication,
        numbers.previous_publication,
        max(case when is_past then listed_at end) as previous_listed_at,
        max(case when not is_past then model_version end)
        <> max(case when is_past then model_version end) as has_new_model,
        max(case when not is_past then rules_fingerprint end)
        <> max(case when is_past then rules_fingerprint end) as has_new_rules
    from numbers
    left join
        (
            select
                publication = (select previous_publication from numbers) as is_past,
                publication,
                listed_at,
                model_version,
                rules_fingerprint
            from {{ history }}
        ) as lists
        on lists.publication in (numbers.publication, numbers.previous_publication)
    group by numbers.publication, numbers.previous_publication
{% endmacro %}
