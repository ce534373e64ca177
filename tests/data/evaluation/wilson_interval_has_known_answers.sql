-- 81 of 263, 15 of 148, 0 of 20 and 1 of 29 are the examples of Newcombe (1998), Statistics in Medicine 17,
-- 857-872,
-- which gives them to four digits. Without trials there is no interval.
with
    examples as (
        select 81 as successes, 263 as trials, 0.2553 as low, 0.3662 as high
        union all
        select 15, 148, 0.0624, 0.1605
        union all
        select 0, 20, 0.0000, 0.1611
        union all
        select 1, 29, 0.0061, 0.1718
        union all
        select 20, 20, 0.8389, 1.0000
        union all
        select 0, 0, null, null
    ),

    computed as (
        select
            *,
            {{ wilson_low('successes', 'trials') }} as computed_low,
            {{ wilson_high('successes', 'trials') }} as computed_high
        from examples
    )

select *
from computed
where
    coalesce(abs(computed_low - low), -1) > 0.00005
    or coalesce(abs(computed_high - high), -1) > 0.00005
    or (low is null) <> (computed_low is null)
    or (high is null) <> (computed_high is null)
