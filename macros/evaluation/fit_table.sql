{#- One of the tables that a fit left (its column `tables`: JSON, by name, arrays of records), with the columns of the
    model's contract: what each fit has from its row, the rest from the records. Of each model the newest version, or
    `every_version`. -#}
{% macro fit_table(fits, name, every_version=false) %}
    {%- set of_each_fit = ["domain", "model_name", "model_version", "fitted_at", "depth"] -%}
    {%- set columns = [] -%}
    {%- for column in model["columns"].values() -%}
        {%- set type = api.Column.translate_type(column.data_type) -%}
        {%- if column.name in of_each_fit -%} {%- do columns.append("cast(" ~ column.name ~ " as " ~ type ~ ") as " ~ column.name) -%}
        {%- else -%} {%- do columns.append(json_value("record", column.name, type) ~ " as " ~ column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    select {{ columns | join(", ") }}
    from
        (
            select {{ of_each_fit | join(", ") }}, {{ json_records(json_value("tables", name, dbt.type_string())) }} as record
            from {{ fits }} as fits
            {% if not every_version %}
                where
                    model_version
                    = (select max(model_version) from {{ fits }} as others where others.model_name = fits.model_name)
            {% endif %}
        ) as records
{% endmacro %}
