{#- One row per seed on its newest load, refused ones too: what operations.seed_loads shows. -#}
{% macro log_seed_load(seed, counts, seconds, is_refused) %}
    {%- set file = dbt.string_literal(seed["original_file_path"]) -%}
    {% do run_query("delete from operations_private.seed_load_log where seed_name = '" ~ seed["name"] ~ "'") %}
    {% call statement("log_seed_load") %}
        insert into operations_private.seed_load_log
        select
            '{{ seed["fqn"][1] }}', '{{ seed["name"] }}', {{ file }}, {{ counts.read }}, {{ counts.loaded }},
            {{ counts.rejected }}, file_size({{ file }}), file_fingerprint({{ file }}), {{ seconds }},
            {{ is_refused }}, {{ utc_now() }}
    {% endcall %}
{% endmacro %}
