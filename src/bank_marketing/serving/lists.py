"""The lists that somebody acts on: where each stands in the published file and what its columns mean."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What a list may use.

    Parameters
    ----------
    variable : str
        The var that says how much.
    used : str
        SQL of how much the list uses.
    """

    variable: str
    used: str


@dataclass(frozen=True)
class PublishedList:
    """A list of customers to contact.

    Parameters
    ----------
    name : str
        Its table.
    domain : str
        Its domain, which is the table's schema.
    population : str
        Whose lookups say who may not be contacted: do_not_contact_<population>.
    key : str
        Column with the customer's number.
    rank : str
        Column to sort by.
    action : tuple of str
        Columns that together say what is done.
    money : str
        Column with what a row is expected to bring; with _low and _high behind it, its interval.
    history : str
        Table with the lists of all publications.
    channel : str
        SQL of the channel of a contact, if it is known: permissions may be withdrawn by channel.
    is_credit : str
        SQL of whether a row offers credit, which has a permission of its own.
    limits : tuple of Limit
        What it may use, beside what tables of its domain say of that.
    """

    name: str
    domain: str
    population: str
    key: str
    rank: str
    action: tuple[str, ...]
    money: str
    history: str
    channel: str = ""
    is_credit: str = "false"
    limits: tuple[Limit, ...] = ()

    @property
    def path(self) -> str:
        """Schema and name, as SQL wants them."""
        return f"{self.domain}.{self.name}"

    @property
    def holdout(self) -> str:
        """Schema and name of the table with those who are held out at random."""
        return f"{self.domain}.{self.history.replace('history', 'holdout')}"


LISTS = {
    published.name: published
    for published in (
        PublishedList(
            name="retention_call_list",
            domain="churn",
            population="churn_customers",
            key="customer_id",
            rank="call_rank",
            action=("recommended_action",),
            money="expected_net_gain",
            history="retention_call_history",
            channel="'phone'",
            limits=(
                Limit("retention_calls_a_week", used="count(*)"),
                Limit("retention_budget", used="sum(cost)"),
            ),
        ),
        PublishedList(
            name="campaign_target_list",
            domain="campaigns",
            population="campaign_customers",
            key="customer_id",
            rank="list_rank",
            action=("campaign_type", "campaign_channel", "spend_level"),
            money="expected_profit_usd",
            history="campaign_target_history",
            channel="campaign_channel",
            limits=(
                Limit("campaign_contacts", used="count(*)"),
                Limit("campaign_budget", used="sum(cost_usd)"),
            ),
        ),
        PublishedList(
            name="next_best_offer_list",
            domain="transactions",
            population="bank_customers",
            key="client_id",
            rank="list_rank",
            action=("product",),
            money="expected_taken_margin_usd",
            history="next_best_offer_history",
            is_credit="product in (select product from warehouse.transactions.bank_product_catalogue"
            " where is_credit)",
        ),
    )
}
