{#- One row per seed on its newest load, refused ones too: what operations.seed_loads shows; returns the fingerprint of what
    was loaded. Of a seed in parts `source` has folder, bytes and fingerprint. -#}
{% macro log_seed_load(seed, counts, seconds, is_refused, source) %}
    {%- set file = dbt.string_literal(source.folder or seed["original_file_path"]) -%}
    {%- set found = source if source.folder else {"bytes": "file_size(" ~ file ~ ")"} -%}
    {%- set fingerprint = source.fingerprint if source.folder else run_query("select file_fingerprint(" ~ file ~ ")")[0][0] -%}
    {% do run_query("delete from operations_private.seed_load_log where seed_name = '" ~ seed["name"] ~ "'") %}
    {% call statement("log_seed_load") %}
        insert into operations_private.seed_load_log
        select
            '{{ seed["fqn"][1] }}', '{{ seed["name"] }}', {{ file }}, {{ counts.read }}, {{ counts.loaded }},
            {{ counts.rejected }}, {{ found.bytes }}, '{{ fingerprint }}', {{ seconds }}, {{ is_refused }}, {{ utc_now() }}
    {% endcall %}
    {{ return(fingerprint) }}
{% endmacro %}
