"""How campaigns do by channel and type, adjusted beside unadjusted, and what targeting and policies earn."""

from __future__ import annotations

from bank_marketing.methods.intervals import wilson_interval
from bank_marketing.serving.opened import Opened
from bank_marketing.web import charts
from bank_marketing.web.asked import Asked
from bank_marketing.web.evidence import and_others, evidence
from bank_marketing.web.figures import Figure
from bank_marketing.web.page import Page
from bank_marketing.web.pages import budget
from bank_marketing.web.tables import Column, Table, estimate
from bank_marketing.web.words import between, counted, listed, money, percent

DIMENSIONS = ("campaign_channel", "campaign_type")


def dimension(asked: Asked) -> str:
    """Return what campaigns are compared by."""
    return asked.choice("by", DIMENSIONS, DIMENSIONS[0])


def performance(opened: Opened, asked: Asked) -> Figure:
    """Return who converted, by channel or type, as it was seen."""
    by = dimension(asked)
    rows = opened.rows(f"""
        select
            {by} as name, cast(sum(customers) as bigint) as customers,
            cast(sum(conversions) as bigint) as conversions, cast(sum(ad_spend_usd) as double) as ad_spend_usd
        from warehouse.campaigns.campaign_performance
        group by {by}
    """)
    for row in rows:
        low, high = wilson_interval(row["conversions"], row["customers"])
        row |= {
            "rate": row["conversions"] / row["customers"],
            "rate_low": float(low),
            "rate_high": float(high),
        }
    rows.sort(key=lambda row: (-row["rate"], row["name"]))
    finding = "Nobody was contacted."
    if rows:
        finding = f"{rows[0]['name']} converted most often: {percent(rows[0]['rate'])}"
        if len(rows) > 1:
            finding += f", {rows[-1]['name']} least: {percent(rows[-1]['rate'])}"
        finding += and_others(rows[0], rows, "rate", rows[0]["name"]) + "."
    return Figure(
        name="performance",
        finding=finding,
        rows=rows,
        columns=(
            Column("name", "Campaign"),
            Column("customers", kind="number"),
            Column("conversions", kind="number"),
            estimate("rate", "Converted", "percent"),
            Column("ad_spend_usd", "Advertising", "money"),
        ),
        chart=charts.points("name", "rate", "share who converted", form=charts.PERCENT),
        unit="share of contacted customers who converted",
        source="campaigns.campaign_performance",
        evidence=evidence("descriptive"),
        note="Who got which campaign wasn't drawn at random: the chart beside it compares alike customers.",
        height=60 + 36 * len(rows),
    )


def impact(opened: Opened, asked: Asked) -> Figure:
    """Return what each channel or type changes against the rest, adjusted beside unadjusted."""
    rows = opened.rows(
        """
        select
            arm as name, customers, difference, difference_low, difference_high, difference_joint_low,
            difference_joint_high, unadjusted_difference, unadjusted_difference_low,
            unadjusted_difference_high, is_distinguishable, smallest_detectable_difference, evidence, verdict
        from warehouse.campaigns.campaign_impact
        where dimension = $dimension and against = 'the rest'
        order by difference desc nulls last, arm
        """,
        {"dimension": dimension(asked)},
    )
    told = [row for row in rows if row["is_distinguishable"]]
    if told:
        said = listed(
            [
                f"{row['name']} converts {100 * abs(row['difference']):.1f} points {_way(row['difference'])}"
                for row in told
            ]
        )
        others = len(rows) - len(told)
        finding = f"Among alike customers, {said} than the rest" + (
            f"; for {others} others no difference can be told." if others else "."
        )
    else:
        seen = max((row["smallest_detectable_difference"] or 0 for row in rows), default=0)
        finding = f"No difference can be told from chance; {100 * seen:.1f} points would have been seen."
    return Figure(
        name="impact",
        finding=finding,
        rows=rows,
        columns=(
            Column("name", "Campaign"),
            estimate("difference", "Adjusted difference", "percent"),
            estimate("unadjusted_difference", "Unadjusted", "percent"),
            Column("evidence", kind="evidence"),
            Column("verdict"),
        ),
        chart=charts.points(
            "name",
            "difference",
            "difference, percentage points",
            form=charts.POINTS,
            told_apart="is_distinguishable",
            reference=0,
            second="unadjusted_difference",
        ),
        unit="difference to the rest in who converts",
        interval="95 % intervals; told apart only where all of them hold together",
        source="campaigns.campaign_impact",
        evidence=evidence("adjusted", bool(told)),
        note="Among alike customers. Circles are adjusted, hollow where chance may explain them; diamonds are"
        " unadjusted.",
        height=70 + 44 * len(rows),
    )


def _way(difference: float) -> str:
    return "more" if difference > 0 else "less"


def returns(opened: Opened, asked: Asked) -> Figure:
    """Return what campaigns bring for what they cost."""
    rows = opened.rows(
        """
        select
            group_value as name, customers, cost_usd, profit_usd, profit_usd_low, profit_usd_high,
            cost_per_conversion_usd, cost_per_conversion_usd_low, cost_per_conversion_usd_high, verdict
        from warehouse.campaigns.campaign_cost_effectiveness
        where group_name = $by order by profit_usd desc, group_value
        """,
        {"by": dimension(asked)},
    )
    for row in rows:
        row["is_told"] = (row["profit_usd_low"] or 0) > 0 or (row["profit_usd_high"] or 0) < 0
    pays = [row["name"] for row in rows if (row["profit_usd_low"] or 0) > 0]
    loses = [row["name"] for row in rows if (row["profit_usd_high"] or 0) < 0]
    unsure = len(rows) - len(pays) - len(loses)
    said = [f"{listed(pays)} {'pays' if len(pays) == 1 else 'pay'}"] if pays else []
    said += [f"{listed(loses)} {'loses' if len(loses) == 1 else 'lose'} money"] if loses else []
    all_of_them = "all " if unsure == len(rows) > 1 else ""
    said += [f"for {all_of_them}{unsure} it can't be told whether they pay"] if unsure else []
    finding = "; ".join(said) or "nothing is known of costs"
    return Figure(
        name="returns",
        finding=f"{finding[0].upper()}{finding[1:]}.",
        rows=rows,
        columns=(
            Column("name", "Campaign"),
            Column("customers", kind="number"),
            Column("cost_usd", "Cost", "money"),
            estimate("profit_usd", "Profit", "money"),
            estimate("cost_per_conversion_usd", "Cost of a conversion", "money"),
            Column("verdict"),
        ),
        chart=charts.points(
            "name",
            "profit_usd",
            "profit",
            form=charts.MONEY,
            told_apart="is_told",
            reference=0,
        ),
        unit="profit in US dollars, values of conversions being assumed",
        source="campaigns.campaign_cost_effectiveness",
        evidence=evidence("descriptive", bool(pays or loses)),
        note="As it was seen. The interval covers chance and the range of the assumed value of a conversion."
        " Hollow points can't be told from no profit.",
        height=60 + 36 * len(rows),
    )


def targeting(opened: Opened, _asked: Asked) -> Figure:
    """Return what contacting the best first would have earned, beside contacting at random."""
    rows = opened.rows("select * from warehouse.campaigns.targeting_curve order by share_contacted")
    lines = [
        {"who": who, "share_contacted": row["share_contacted"], "customers": row["customers"]}
        | {"profit": row[column], "low": row[f"{column}_low"], "high": row[f"{column}_high"]}
        for who, column in (("best first", "profit_usd"), ("at random", "profit_at_random_usd"))
        for row in rows
    ]
    finding = "Nothing is known of targeting."
    is_assumed = any(row["basis"] == "assumption" for row in rows)
    best = next((row for row in rows if row["share_contacted"] == row["best_share"]), None)
    if best:
        spread = f"{percent(best['best_share_low'], 0)} to {percent(best['best_share_high'], 0)}"
        finding = (
            f"Contacting the best {percent(best['best_share'], 0)} ({spread}) would have earned most:"
            f" {money(best['profit_usd'])}."
        )
    return Figure(
        name="targeting",
        finding=finding,
        rows=lines,
        columns=(
            Column("who", "Who is contacted"),
            Column("share_contacted", "Share", "percent"),
            Column("customers", kind="number"),
            Column("profit", "Profit", "money", low="low", high="high"),
        ),
        chart=charts.lines(
            "share_contacted",
            "profit",
            "profit",
            along_title="share of customers contacted",
            form=charts.MONEY,
            along_form=charts.PERCENT,
            low="low",
            high="high",
            series="who",
            marks=[best["best_share"]] if best else [],
        ),
        unit="profit in US dollars" + (", values of conversions being assumed" if is_assumed else ""),
        source="campaigns.targeting_curve",
        evidence=evidence("assumed" if is_assumed else "descriptive"),
        height=300,
    )


def kpis(opened: Opened, asked: Asked) -> Table:
    """Return from which value on a figure of a campaign is good, and when it is a warning."""
    rows = opened.rows("""
        select
            kpi, funnel_step, converters_mean, non_converters_mean, effect_size, effect_size_low,
            effect_size_high, good_from, warning_from, youden_index, is_distinguishable, verdict,
            'descriptive' as evidence
        from warehouse.campaigns.campaign_kpis
        order by abs(effect_size) desc nulls last, kpi
    """)
    return Table(
        name="kpis",
        title="When is a figure of a campaign good, when a warning?",
        rows=rows,
        columns=(
            Column("kpi", "Figure"),
            Column("converters_mean", "Converters", "number"),
            Column("non_converters_mean", "Others", "number"),
            estimate(
                "effect_size",
                "Difference (SD)",
                "number",
            ),
            Column("good_from", "Good", "rounded"),
            Column("warning_from", "Warning", "rounded"),
            Column("evidence", kind="evidence"),
        ),
        source="campaigns.campaign_kpis",
        asked=asked,
        note="Thresholds are chosen on other customers than they are judged on.",
    )


def policies(opened: Opened, _asked: Asked) -> Figure:
    """Return what policies would earn beside the present mix."""
    rows = opened.rows("""
        select
            policy, gain_usd, gain_usd_low, gain_usd_high, smallest_detectable_gain_usd, is_distinguishable,
            effective_customers, evidence, verdict, log
        from warehouse.campaigns.policy_evaluation
        where role = 'candidate' and against = 'present mix' and estimator = 'doubly robust'
            and gain_usd is not null
        order by gain_usd desc, policy
    """)
    told = [row for row in rows if row["is_distinguishable"] and row["gain_usd"] > 0]
    finding = "No policy can be told to earn more than the present mix."
    if told:
        best = told[0]
        spread = between(best["gain_usd_low"], best["gain_usd_high"], "money")
        finding = (
            f"{len(told)} of {counted(len(rows), 'policy', 'policies')} would earn more than the present mix,"
            f" “{best['policy']}” most: {spread} a decision{and_others(best, told, 'gain_usd')}."
        )
    return Figure(
        name="policies",
        finding=finding,
        rows=rows,
        columns=(
            Column("policy"),
            estimate("gain_usd", "Gain a decision", "money"),
            Column("effective_customers", "Rests on customers", "number"),
            Column("evidence", kind="evidence"),
            Column("verdict"),
        ),
        chart=charts.points(
            "policy",
            "gain_usd",
            "gain a decision",
            form=charts.MONEY,
            told_apart="is_distinguishable",
            reference=0,
        ),
        unit="US dollars a decision more than the present mix, doubly robust",
        source="campaigns.policy_evaluation",
        evidence=evidence(rows[0]["evidence"], bool(told)) if rows else None,
        note="Judged by what was logged, on customers whom no policy had learned from. Hollow points may be"
        " chance.",
        height=60 + 30 * len(rows),
        is_whole=True,
    )


def personalisation(opened: Opened, asked: Asked) -> Table:
    """Return whether choosing by customer earns more than one campaign for all."""
    rows = opened.rows("""
        select
            chosen, policy, against, gain_usd, gain_usd_low, gain_usd_high, is_distinguishable, evidence,
            verdict
        from warehouse.campaigns.personalisation_value order by chosen, policy, against
    """)
    return Table(
        name="personalisation",
        title="Does it pay to choose the campaign by customer?",
        rows=rows,
        columns=(
            Column("chosen", "What is chosen", is_filter=True),
            Column("policy"),
            Column("against"),
            estimate("gain_usd", "Gain a customer", "money"),
            Column("evidence", kind="evidence"),
            Column("verdict"),
        ),
        source="campaigns.personalisation_value",
        asked=asked,
    )


PAGE = Page(
    name="campaigns",
    path="/campaigns",
    title="Campaigns",
    domain="campaigns",
    questions=(
        "Which campaigns convert, and is that the campaign or whom it reached?",
        "Does it pay?",
        "Whom to contact with how much money, by which policy?",
    ),
    reading=(
        "Rates as they were seen stand beside differences among alike customers: where both differ, whom a"
        " campaign reached explains a part. A hollow point can't be told from chance, which isn't the same"
        " as no difference: the table says what would have been seen. Nobody went without a campaign, so"
        " nothing here says what a contact causes. Profits count the value of a conversion, which is an"
        " assumption of the lookup campaign_types."
    ),
    parts={
        "performance": performance,
        "impact": impact,
        "returns": returns,
        "targeting": targeting,
        "kpis": kpis,
        "policies": policies,
        "personalisation": personalisation,
        "budget": budget.budget,
        "outcome": budget.outcome,
        "spending": budget.spending,
        "budgets": budget.budgets,
        "profits": budget.profits,
    },
)
