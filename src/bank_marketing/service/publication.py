"""What the service knows of one publication, read once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from bank_marketing.errors import UserError
from bank_marketing.service.published_policy import PublishedPolicy
from bank_marketing.serving.export_log import log_path, read_exports
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.permissions import forbidden_rows, reference_folder
from bank_marketing.serving.published import ANEW, LACKING, attach_published
from bank_marketing.serving.published_key import published_key
from bank_marketing.subject_keys import hashed_subject, key_file

FloatArray = npt.NDArray[np.float64]
Contact = tuple[datetime, str | None]

POPULATION, DOMAIN = "campaign_customers", "campaigns"


@dataclass(frozen=True)
class Publication:
    """A publication as decisions need it.

    Parameters
    ----------
    number : int
        Of the publication.
    policy : PublishedPolicy
        Of the publication.
    known : mapping of int to tuple
        The numbers that policies know of each customer, in the order of the design.
    forbidden : mapping of int to set of str
        Channels by which a customer may not be contacted today.
    consenting : set of tuple of int and str
        Customers and channels with a permission given, 'all' for all channels.
    held_out : mapping of int to date
        Customers of a list's hold-out, and when its outcome is judged.
    contacts : mapping of int to list of tuple
        Earlier contacts from lists: moment, and channel where it is known.
    objections : set of int
        Keyed hashes of customers who object to profiling.
    subject_key : bytes or None
        Their key.
    opposed : set of int
        Customers who object by the lookups of today.
    """

    number: int
    policy: PublishedPolicy
    known: Mapping[int, tuple[float, ...]]
    forbidden: Mapping[int, frozenset[str]] = field(default_factory=dict)
    consenting: frozenset[tuple[int, str]] = frozenset()
    held_out: Mapping[int, date] = field(default_factory=dict)
    contacts: Mapping[int, list[Contact]] = field(default_factory=dict)
    objections: frozenset[int] = frozenset()
    subject_key: bytes | None = None
    opposed: frozenset[int] = frozenset()

    @cached_property
    def own(self) -> dict[int, FloatArray]:
        """What the design makes of what is known, by customer."""
        design = self.policy.start.design
        known = np.array(list(self.known.values()), dtype=float)
        own = design.own(known.reshape(len(self.known), len(design.numbers)))
        return dict(zip(self.known, own, strict=True))

    def objects(self, customer: int) -> bool:
        """Tell whether a customer objects to profiling."""
        if customer in self.opposed:
            return True
        return bool(self.objections) and hashed_subject(customer, self.subject_key) in self.objections


def read_publication(warehouse: Path, policy: PublishedPolicy, today: date) -> Publication:
    """Read a published file.

    Parameters
    ----------
    warehouse : Path
        The file; only read.
    policy : PublishedPolicy
        Its policy.
    today : date
        Day on which permissions have to hold.

    Returns
    -------
    Publication

    Raises
    ------
    UserError
        If it lacks something, or nobody can tell who may not be contacted.
    """
    published = LISTS["campaign_target_list"]
    numbers = policy.start.design.numbers
    with duckdb.connect() as connection:
        attach_published(connection, warehouse)
        try:
            ((number,),) = connection.execute(
                "select max(version) from warehouse.operations.publications"
            ).fetchall()
            rows = connection.execute(
                f"select customer_id{''.join(f', cast({name} as double)' for name in numbers)}"
                " from warehouse.campaigns.campaign_responses"
            ).fetchall()
            held_out = connection.execute(
                "select customer_id, max(outcome_date) from warehouse.campaigns.campaign_target_holdout"
                " group by 1"
            ).fetchall()
            objections = connection.execute(
                "select subject_hash from warehouse.operations.profiling_objections where domain = $domain",
                {"domain": DOMAIN},
            ).fetchall()
        except LACKING as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"{warehouse}: it has no campaigns to decide on ({reason}). {ANEW}") from error
        condition, _ = forbidden_rows(connection, published, reference_folder(warehouse), today)
        connection.execute(
            "create temp table channels as select unnest($channels) as campaign_channel",
            {"channels": list(policy.start.design.channels)},
        )
        forbidden = connection.execute(
            "select customer_id, list(campaign_channel) from ("
            " select subject_id as customer_id, campaign_channel"
            " from (select distinct subject_id from permissions) cross join channels"
            f") where {condition} group by 1",
            {"today": today},
        ).fetchall()
        consenting = connection.execute(
            "select subject_id, channel from permissions where purpose = 'marketing' and is_permitted"
        ).fetchall()
        opposed = connection.execute(
            "select subject_id from permissions where purpose = 'profiling' and not is_permitted"
        ).fetchall()
        key = published_key(connection, warehouse)
    if objections and key is None:
        raise UserError(
            f"{warehouse}: nothing is decided, since {len(objections):,} customers object to profiling, and"
            f" only with {key_file(warehouse)} can be told who. Put it beside the published file."
        )
    return Publication(
        number=int(number or 0),
        policy=policy,
        known={row[0]: tuple(np.nan if v is None else v for v in row[1:]) for row in rows},
        forbidden={customer: frozenset(channels) for customer, channels in forbidden},
        consenting=frozenset(consenting),
        held_out=dict(held_out),
        contacts=_exported(warehouse),
        objections=frozenset(subject for (subject,) in objections),
        subject_key=key,
        opposed=frozenset(customer for (customer,) in opposed),
    )


def _exported(warehouse: Path) -> dict[int, list[Contact]]:
    """Return whom exported lists have named, and when."""
    contacts: dict[int, list[Contact]] = {}
    for export in read_exports(log_path(warehouse)):
        if export.domain == DOMAIN:
            at = datetime.fromisoformat(export.exported_at)
            for customer in export.customers:
                contacts.setdefault(customer, []).append((at, None))
    return contacts
