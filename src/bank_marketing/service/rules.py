"""Who may be contacted when, and how long an outcome is waited for: what marketing states for the service."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bank_marketing.errors import UserError

Days = Annotated[int, Field(ge=0, le=3650)]
Hour = Annotated[int, Field(ge=0, le=23)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("no time zone, such as Europe/Madrid") from error
    return name


class Rules(BaseModel):
    """Rules of contact; those of the lists where they have the same (`contact_pause_days` and so on).

    A setting by channel holds for channels that it names, by their names in `campaign_channels.csv`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    contact_pause_days: Days = 90
    contacts_a_customer: Annotated[int, Field(ge=0, le=1000)] = 2
    contacts_period_days: Days = 91
    contacts_by_channel: dict[str, Annotated[int, Field(ge=0, le=1000)]] = {}
    consent_channels: list[str] = []
    quiet_hours: dict[str, tuple[Hour, Hour]] = {}
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    holdout_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    answer_days: Days = 30
    answer_days_by_channel: dict[str, Days] = {}
    correction_days: Days = 60

    @cached_property
    def version(self) -> str:
        """Digest of all settings, for the log."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def days_looked_back(self) -> int:
        """Days within which a contact counts for anything."""
        return max(self.contact_pause_days, self.contacts_period_days)

    def is_quiet(self, channel: str, now: datetime) -> bool:
        """Tell whether nobody is contacted by a channel now, a moment in UTC without a zone."""
        if channel not in self.quiet_hours:
            return False
        begin, end = self.quiet_hours[channel]
        hour = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self.time_zone)).hour
        return begin <= hour < end if begin <= end else hour >= begin or hour < end

    def waits(self, channel: str, now: datetime) -> tuple[datetime, datetime]:
        """Return until when an answer is waited for, and until when a conversion corrects silence."""
        days = self.answer_days_by_channel.get(channel, self.answer_days)
        until = now + timedelta(days=days)
        return until, until + timedelta(days=self.correction_days)

    def is_control(self, customer: int) -> bool:
        """Tell whether a customer is of the service's own hold-out: always the same, whatever the process."""
        digest = hashlib.blake2b(str(customer).encode(), digest_size=8, key=b"service holdout").digest()
        return int.from_bytes(digest, "big") < self.holdout_share * 2**64

    def pause_reason(self, contacts: Iterable[tuple[datetime, str | None]], now: datetime) -> str:
        """Say why earlier contacts, each a moment and a channel, forbid one now; empty if they don't."""
        # One that lies ahead, since the clock was set back, was just now.
        days = [max((now - at) / timedelta(days=1), 0.0) for at, _ in contacts]
        if any(day < self.contact_pause_days for day in days):
            return "contact_pause"
        recent = sum(day < self.contacts_period_days for day in days)
        return "contact_limit" if recent >= self.contacts_a_customer else ""

    def channel_reason(
        self, channel: str, contacts: Iterable[tuple[datetime, str | None]], now: datetime
    ) -> str:
        """Say why a channel can't be used now; empty if it can."""
        if channel in self.contacts_by_channel:
            since = now - timedelta(days=self.contacts_period_days)
            recent = sum(at > since and by in (channel, None) for at, by in contacts)
            if recent >= self.contacts_by_channel[channel]:
                return "channel_limit"
        return "quiet_hours" if self.is_quiet(channel, now) else ""


def check_channels(rules: Rules, known: Sequence[str], path: Path | None) -> None:
    """Refuse rules for channels that there aren't: a misspelt one would be used without its rule.

    Parameters
    ----------
    rules : Rules
        As `read_rules` has them.
    known : sequence of str
        Channels of the policy.
    path : Path or None
        Where the rules are from.

    Raises
    ------
    UserError
        If one is unknown.
    """
    by_channel = rules.contacts_by_channel, rules.quiet_hours, rules.answer_days_by_channel
    if unknown := sorted({*rules.consent_channels}.union(*by_channel).difference(known)):
        raise UserError(f"{path}: unknown channels {unknown}, expected some of {list(known)}.")


def read_rules(path: Path | None) -> Rules:
    """Read rules from a TOML file; without one they are those of this module.

    Parameters
    ----------
    path : Path or None
        The file.

    Returns
    -------
    Rules

    Raises
    ------
    UserError
        If it can't be read, or says something that there isn't.
    """
    if path is None:
        return Rules()
    try:
        return Rules.model_validate_json(_as_json(path.read_text(encoding="utf-8")), strict=True)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path}: the rules of contact can't be read ({error}).") from error
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: found {one['input']!r}, {one['msg'].lower()}"
            for one in error.errors()
        )
        raise UserError(f"{path}: {said}. It knows {', '.join(Rules.model_fields)}.") from error


def _as_json(text: str) -> str:
    # TOML has dates, which no setting is.
    return json.dumps(tomllib.loads(text), default=str)
