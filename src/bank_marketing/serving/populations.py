"""Whose customers there are, and what the published file says of each of them to whoever talks to them."""

from dataclasses import dataclass
from typing import Protocol


class Subjects(Protocol):
    """Rows about customers, as permissions ask for them."""

    @property
    def domain(self) -> str:
        """The domain whose customers are meant."""

    @property
    def population(self) -> str:
        """Whose lookups say who may not be contacted: do_not_contact_<population>."""

    @property
    def key(self) -> str:
        """Column with the customer's number."""

    @property
    def channel(self) -> str:
        """SQL of the channel of a contact; empty if it isn't known."""

    @property
    def is_credit(self) -> str:
        """SQL of whether a row offers credit."""


@dataclass(frozen=True)
class Said:
    """A table with rows of a customer, and what of them may be said: drivers, which name any trait, may not.

    Parameters
    ----------
    table : str
        In the schema of the domain.
    columns : tuple of str
        What is read, in the order of the answer; the first sorts.
    """

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Population:
    """The customers of one domain.

    Parameters
    ----------
    population : str
        Its name.
    domain : str
        Its domain, which is the schema of its tables.
    key : str
        Column with the customer's number.
    customers : str
        Table with all of them.
    segments, scores, offers : Said or None
        What is known of each.
    list_name : str
        The list that may name them; empty if there is none.
    channel, is_credit : str
        Of a contact by any channel, about anything.
    """

    population: str
    domain: str
    key: str
    customers: str
    segments: Said | None = None
    scores: Said | None = None
    offers: Said | None = None
    list_name: str = ""
    channel: str = ""
    is_credit: str = "false"


SEGMENT = ("segment_id", "segment_name", "membership_strength", "method", "model_version")
POPULATIONS = {
    one.population: one
    for one in (
        Population(
            population="campaign_customers",
            domain="campaigns",
            key="customer_id",
            customers="campaign_responses",
            segments=Said("campaign_customer_segments", SEGMENT),
            scores=Said(
                "conversion_scores",
                ("moment", "conversion_probability", "decile", "is_out_of_fold", "model_version"),
            ),
            list_name="campaign_target_list",
        ),
        Population(
            population="bank_customers",
            domain="transactions",
            key="client_id",
            customers="bank_customers",
            segments=Said("bank_customer_segments", SEGMENT),
            offers=Said(
                "next_best_offers",
                (
                    *("offer_rank", "product", "take_up_probability", "take_up_probability_low"),
                    *("take_up_probability_high", "expected_taken_margin_usd"),
                    *(
                        "expected_taken_margin_usd_low",
                        "expected_taken_margin_usd_high",
                        "evidence",
                        "reason",
                    ),
                    *("is_eligible", "is_cold_start", "is_held_out", "model_version", "valid_until"),
                ),
            ),
            list_name="next_best_offer_list",
        ),
        Population(
            population="retail_customers",
            domain="sales",
            key="customer_id",
            customers="retail_customers",
            segments=Said("retail_customer_segments", SEGMENT),
            scores=Said(
                "customer_lifetime_values",
                (
                    *("as_of_date", "probability_alive"),
                    *(
                        f"expected_{what}_{months}_months{end}"
                        for months in (3, 6, 12)
                        for what in ("orders", "value_usd")
                        for end in ("", "_low", "_high")
                    ),
                    *("is_extrapolated", "is_extrapolated_12_months", "value_tier", "method"),
                    "model_version",
                ),
            ),
        ),
        Population(
            population="churn_customers",
            domain="churn",
            key="customer_id",
            customers="churn_customers",
            scores=Said(
                "churn_scores",
                (
                    *("horizon_years", "churn_probability", "decile", "expected_remaining_years"),
                    *("exit_probability", "exit_probability_low", "exit_probability_high"),
                    *("reason", "talk_about", "is_out_of_fold", "model_version"),
                ),
            ),
            list_name="retention_call_list",
        ),
    )
}
