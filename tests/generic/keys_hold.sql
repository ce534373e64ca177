{#- What a table promises of its rows, in one test, since each costs a step of a build:
    - no two rows share their `key`, and neither a column of it nor one of `not_null` is null;
    - each figure of `intervals` lies within its interval, from `<figure>_low` to `<figure>_high`, which has both ends or none;
    - `shares` lie between 0 and 1, `ranges` {column: [lowest, highest]} between those, all included, or are null;
    - `values` {column: [...]} are among those listed, or null.
    Figures that are computed in two ways differ by roundings: `slack` allows for them. The rows that fail are whole, so
    that whoever reads of them finds them; their first column says what is wrong. -#}
{% test keys_hold(model, key=[], not_null=[], intervals=[], shares=[], ranges={}, values={}) %}
    {% set rules, slack, columns = [], 1e-9, key | join(", ") %}
    {% for column in key + not_null %}
        {% do rules.append((column ~ " is null", column ~ " is null")) %}
    {% endfor %}
    {% if key %}
        {% do rules.append(("(" ~ columns ~ ") in (select " ~ columns ~ " from repeated)", columns ~ " repeated")) %}
    {% endif %}
    {% for figure in intervals %}
        {% set low, high, give = figure ~ "_low", figure ~ "_high", slack ~ " * (1 + abs(" ~ figure ~ "))" %}
        {% set outside = low ~ " > " ~ figure ~ " + " ~ give ~ " or " ~ high ~ " < " ~ figure ~ " - " ~ give %}
        {% do rules.append((outside, figure ~ " outside " ~ low ~ " to " ~ high)) %}
        {% do rules.append((low ~ " > " ~ high ~ " + " ~ slack ~ " * (1 + abs(" ~ high ~ "))", low ~ " above " ~ high)) %}
        {% set half = "(" ~ low ~ " is null) <> (" ~ high ~ " is null)" %}
        {% do rules.append((half, "only one of " ~ low ~ " and " ~ high)) %}
    {% endfor %}
    {% for share in shares %}
        {% do rules.append((share ~ " < -" ~ slack ~ " or " ~ share ~ " > 1 + " ~ slack, share ~ " outside 0 to 1")) %}
    {% endfor %}
    {% for column, range in ranges.items() %}
        {% set below = column ~ " < " ~ range[0] ~ " - " ~ slack ~ " * (1 + abs(" ~ range[0] ~ "))" %}
        {% set above = column ~ " > " ~ range[1] ~ " + " ~ slack ~ " * (1 + abs(" ~ range[1] ~ "))" %}
        {% do rules.append((below ~ " or " ~ above, column ~ " outside " ~ range | join(" to "))) %}
    {% endfor %}
    {% for column, listed in values.items() %}
        {% do rules.append((column ~ " not in ('" ~ listed | join("', '") ~ "')", column ~ " none of " ~ listed | join(", "))) %}
    {% endfor %}

    {#- Of a view that computes, the rows are made once for both looks at them. -#}
    {% set found = load_cached_relation(model) if execute else none %}
    {% set is_made = found and found.type == "view" and not model.identifier.startswith("stg_") %}
    {% set rows = "checked" if key and is_made else model %}
    {% if key %}
        with
            {% if is_made %} checked as (select * from {{ model }}), {% endif %}
            repeated as ({{ repeated_keys(rows, key) }})
    {% endif %}
    select
        substr(
            ''
            {% for condition, words in rules %}
                || case when {{ condition }} then '; {{ words }}' else '' end
            {% endfor %},
            3
        ) as found,
        *
    from {{ rows }}
    where false {% for condition, _ in rules %} or {{ condition }} {% endfor %}
{% endtest %}
