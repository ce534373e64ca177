{#- What published histories (publications and their files, model_registry, segment histories) were like in earlier
    releases. A file published before a release goes in after it, so whoever changes a history adds a line here:
      tables, former names by the present one:   "evaluation.model_registry": ["evaluation.models"]
      columns, the same, of any history:         "valid_from": ["dbt_valid_from"]
      models, the same, of model_name:           "retention": ["churn_retention"]
      added, by table, what stands in a column that there wasn't, if not null:
                                                 "evaluation.model_registry": {"card": "''"} -#}
{% macro former_names() %}
    {% set columns = {"domains_built": ["houses_built"], "domains_kept": ["houses_kept"]} %}
    {{ return({"tables": {}, "columns": columns, "models": {}, "added": {}}) }}
{% endmacro %}
