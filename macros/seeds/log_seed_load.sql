{#- One row per seed on its newest load, refused ones too: what operations.seed_loads shows. Of a seed in parts `source` has
    the folder, and SQL of its bytes and fingerprint. -#}
{% macro log_seed_load(seed, counts, seconds, is_refused, source={}) %}
    {%- set file = dbt.string_literal(source.get("folder", seed["original_file_path"])) -%}
    {% do run_query("delete from operations_private.seed_load_log where seed_name = '" ~ seed["name"] ~ "'") %}
    {% call statement("log_seed_load") %}
        insert into operations_private.seed_load_log
        select
            '{{ seed["fqn"][1] }}', '{{ seed["name"] }}', {{ file }}, {{ counts.read }}, {{ counts.loaded }},
            {{ counts.rejected }}, {{ source.get("bytes", "file_size(" ~ file ~ ")") }},
            {{ source.get("fingerprint", "file_fingerprint(" ~ file ~ ")") }}, {{ seconds }}, {{ is_refused }}, {{ utc_now() }}
    {% endcall %}
{% endmacro %}
