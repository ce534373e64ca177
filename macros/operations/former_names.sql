{#- Names that published histories had in earlier releases, newest first. A file published before a release goes in
    after it, so whoever renames something of a history (publications and their files, model_registry, the segment
    histories) adds a line here:
      tables, by the present name:        "evaluation.model_registry": ["evaluation.models"]
      columns, of any history:            "valid_from": ["dbt_valid_from"]
      models, by the present model_name:  "retention": ["churn_retention"] -#}
{% macro former_names() %} {{ return({"tables": {}, "columns": {}, "models": {}}) }} {% endmacro %}
