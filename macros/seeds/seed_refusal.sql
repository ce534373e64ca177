{#- The sentence with which a load is refused, or nothing. People rely on a lookup row by row: a do-not-contact entry that was
    rejected would mean that somebody is contacted after all. -#}
{% macro seed_refusal(seed, counts) %}
    {%- set file = seed["original_file_path"] -%}
    {%- set is_lookup = not seed["name"].startswith("raw_") -%}
    {%- set allowed = 0 if is_lookup else [1, (counts.read * var("max_reject_share")) | int] | max -%}
    {%- if counts.lost -%}
        {{ return(
            file ~ ": " ~ counts.lost ~ " lines can't be accounted for: they are neither rows nor rejected. A line of"
            ~ " many megabytes, or a quotation mark that opens and doesn't close, hides them. Mend the file, or"
            ~ " import it with: .venv/bin/bank-marketing import-kaggle PATH"
        ) }}
    {%- elif counts.rejected > allowed -%}
        {%- set rejected_rows = seed["fqn"][1] ~ "_private.rejected_rows" -%}
        {%- set worst = run_query(
            "select reason, count(*), min(line) from " ~ rejected_rows ~ " where seed_name = '" ~ seed["name"]
            ~ "' and file = " ~ dbt.string_literal(file) ~ " group by reason order by count(*) desc, reason limit 5"
        ) -%}
        {%- set lines = [] -%}
        {%- for row in worst -%}
            {%- do lines.append("\n  " ~ row[1] ~ " x " ~ row[0] ~ " (first on line " ~ row[2] ~ ")") -%}
        {%- endfor -%}
        {{ return(
            file ~ ": " ~ counts.rejected ~ " of " ~ counts.read ~ " rows are bad, at most " ~ allowed
            ~ " may be (" ~ ("of a lookup every row counts" if is_lookup
            else "var max_reject_share: " ~ var("max_reject_share")) ~ ")." ~ lines | join("")
            ~ "\nThe rows are kept in " ~ rejected_rows ~ " of the working file. Mend the file"
            ~ ("." if is_lookup else ", or raise the var.")
        ) }}
    {%- elif counts.loaded == 0 and not seed["part"] and not seed["config"]["meta"].get("may_be_empty", false) -%}
        {{ return(
            file ~ ": no rows, expected at least one. Put the file in its place with"
            ~ " .venv/bin/bank-marketing import-kaggle PATH, or build only the domains whose files are there: make build."
        ) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
