{#- What published histories (publications and their files, model_registry, segment histories) were like in earlier
    releases. A file published before a release goes in after it, so whoever changes a history adds a line here:
      tables, former names by the present one:   "evaluation.model_registry": ["evaluation.models"]
      columns, the same, of any history:         "domains_built": ["houses_built"]
      models, the same, of model_name:           "retention": ["churn_retention"]
      added, by table, what stands in a column that there wasn't, if not null:
                                                 "evaluation.model_registry": {"card": "''"}
      packed, by table, columns with JSON that are fields of one column now, which is JSON, too. -#}
{% macro former_names() %}
    {% set columns = {
        "domains_built": ["houses_built"],
        "domains_kept": ["houses_kept"],
        "valid_from": ["dbt_valid_from"],
        "valid_to": ["dbt_valid_to"],
        "n": ["n_rows"],
        "rows_in_order": ["rows"],
    } %}
    {#- What dbt keeps for itself is not published: a snapshot's rows are told apart by customer and moment. -#}
    {% set added = {} %}
    {% for history, key in [
        ("campaigns.campaign_segment_history", "customer_id"),
        ("transactions.bank_segment_history", "client_id"),
        ("sales.retail_segment_history", "customer_id"),
    ] %}
        {% do added.update({history: {
            "dbt_scd_id": "md5(" ~ key ~ " || '|' || valid_from)",
            "dbt_updated_at": "cast(valid_from as timestamp)",
        }}) %}
    {% endfor %}
    {% set packed = {"evaluation.model_registry": {"tables": ["metrics", "effects", "calibration", "lift"]}} %}
    {{ return({"tables": {}, "columns": columns, "models": {}, "added": added, "packed": packed}) }}
{% endmacro %}
