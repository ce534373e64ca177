{#- Brings a seed's table to what its parts hold, and returns counts, refusal, folder, SQL of bytes, fingerprint and whether
    anything changed. Only new and changed parts are read. A refused part is left out, and loaded when it is mended. -#}
{% macro load_parts(seed, relation) %}
    {%- set reading = reading_digest(seed) -%}
    {%- set plan = parts_plan(seed, relation, reading) -%}
    {%- set refusals = [] -%}
    {% if plan.afresh %} {% do begin_parts(seed, relation) %} {% endif %}
    {% if plan.load or plan.drop %}
        {% do drop_parts(seed, relation, plan.drop) %}
        {% for name, found in plan.load.items() %}
            {%- set part = dict(seed, original_file_path=found.file, part=name, number=loop.index) -%}
            {%- set rows = relation.incorporate(path={"identifier": relation.identifier ~ "__part"}) -%}
            {%- set counts = load_file(part, rows) -%}
            {%- set refusal = seed_refusal(part, counts) -%}
            {% if refusal %} {% do refusals.append(refusal) %}
            {% else %} {% do add_part(part, relation, rows, counts, found.state, reading) %}
            {% endif %}
            {% do run_query("drop table " ~ rows) %}
        {% endfor %}
        {% do settle_parts(seed, relation, plan) %}
    {% endif %}
    {% for name, state in plan.touched.items() %}
        {% call statement("touched_part") %}
            update operations_private.seed_part_log set state = '{{ state }}'
            where seed_name = '{{ seed["name"] }}' and part = {{ dbt.string_literal(name) }}
        {% endcall %}
    {% endfor %}
    {%- set of_parts = " from operations_private.seed_part_log where seed_name = '" ~ seed["name"] ~ "'" -%}
    {%- set counts = parts_counts(relation, of_parts) -%}
    {{ return({
        "counts": counts,
        "refusal": refusals | join("\n") if refusals else (none if counts.loaded else seed_refusal(seed, counts)),
        "folder": plan.folder,
        "bytes": "(select coalesce(sum(bytes), 0)" ~ of_parts ~ ")",
        "fingerprint": run_query(
            "select sha1(coalesce(string_agg(part || ' ' || fingerprint, '\n' order by part), ''))" ~ of_parts
        )[0][0],
        "is_changed": plan.afresh or plan.load or plan.drop,
    }) }}
{% endmacro %}
