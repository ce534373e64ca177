"""Rules of contact as marketing states them."""

from datetime import datetime, timedelta

import pytest
from decision_frames import NOW

from bank_marketing.errors import UserError
from bank_marketing.service.rules import Rules, check_channels, read_rules


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ([], ""),
        ([89], "contact_pause"),
        ([90], "contact_limit"),
        ([90.5, 0.1], "contact_pause"),
        ([91], ""),
        ([-0.04], "contact_pause"),
    ],
)
def test_a_contact_is_followed_by_a_pause_and_counts_for_a_period(days, reason):
    rules = Rules(contact_pause_days=90, contacts_a_customer=1, contacts_period_days=91)
    assert rules.pause_reason([(NOW - timedelta(days=day), "Email") for day in days], NOW) == reason


def test_a_contact_that_lies_ahead_since_the_clock_was_set_back_was_just_now():
    ahead = [(NOW + timedelta(hours=1), "Email")]
    unpaused = Rules(contact_pause_days=0, contacts_a_customer=2, contacts_by_channel={"Email": 1})
    assert unpaused.pause_reason(ahead, NOW) == ""
    assert unpaused.pause_reason(ahead * 2, NOW) == "contact_limit"
    assert unpaused.channel_reason("Email", ahead, NOW) == "channel_limit"


def test_a_limit_by_channel_counts_contacts_of_that_channel_and_of_lists_without_one():
    rules = Rules(contacts_by_channel={"Email": 2})
    contacts = [(NOW - timedelta(days=1), "Email"), (NOW - timedelta(days=2), "SEO")]
    assert rules.channel_reason("Email", contacts, NOW) == ""
    assert rules.channel_reason("Email", [*contacts, (NOW, None)], NOW) == "channel_limit"
    assert rules.channel_reason("SEO", [*contacts, (NOW, None)], NOW) == ""


def test_quiet_hours_are_those_of_the_zone_and_may_span_midnight():
    rules = Rules(quiet_hours={"Email": (21, 8), "PPC": (12, 13)}, time_zone="Europe/Madrid")
    # 21:30 UTC is 22:30 in Madrid in winter, 23:30 in summer; 07:30 UTC is 08:30 and 09:30.
    assert rules.is_quiet("Email", datetime(2026, 1, 5, 20, 30))
    assert not rules.is_quiet("Email", datetime(2026, 1, 5, 7, 30))
    assert rules.is_quiet("Email", datetime(2026, 7, 5, 5, 59))
    assert not rules.is_quiet("Email", datetime(2026, 7, 5, 6, 0))
    assert rules.is_quiet("PPC", datetime(2026, 1, 5, 11, 59))
    assert not rules.is_quiet("SEO", datetime(2026, 1, 5, 23))


def test_the_control_group_has_its_share_and_stays():
    rules = Rules(holdout_share=0.1)
    control = {n for n in range(20_000) if rules.is_control(n)}
    assert 0.09 < len(control) / 20_000 < 0.11
    assert control == {n for n in range(20_000) if Rules(holdout_share=0.1).is_control(n)}
    assert not any(Rules(holdout_share=0.0).is_control(n) for n in range(1000))


def test_rules_come_from_a_file_and_each_change_is_another_version(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_text(
        "contact_pause_days = 30\n[quiet_hours]\nEmail = [21, 8]\n[answer_days_by_channel]\nPPC = 3\n"
    )
    rules = read_rules(file)
    assert (rules.contact_pause_days, rules.quiet_hours) == (30, {"Email": (21, 8)})
    assert rules.waits("PPC", NOW)[0] == NOW + timedelta(days=3)
    assert rules.waits("SEO", NOW)[1] == NOW + timedelta(days=90)
    assert rules.version != read_rules(None).version == Rules().version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact_pause_day = 1", "contact_pause_day: found 1"),
        ("contact_pause_days = -1", "contact_pause_days: found -1"),
        ("contact_pause_days = '1'", "contact_pause_days: found '1'"),
        ("time_zone = 'Moon'", "no time zone"),
        ("holdout_share = nan", "holdout_share"),
        ("[quiet_hours]\nEmail = [21, 24]", "quiet_hours.Email.1: found 24"),
        ("answer_days = 2026-01-01", "answer_days: found '2026-01-01'"),
        ("contact_pause_days", "can't be read"),
    ],
)
def test_what_the_rules_do_not_know_is_refused(tmp_path, text, said):
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=r"rules\.toml") as error:
        read_rules(file)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"consent_channels": ["email"]},
        {"contacts_by_channel": {"email": 1}},
        {"quiet_hours": {"email": (21, 8)}},
        {"answer_days_by_channel": {"email": 1}},
    ],
)
def test_rules_of_a_misspelt_channel_are_refused(tmp_path, setting):
    check_channels(Rules(consent_channels=["Email"]), ["Email", "SEO"], None)
    with pytest.raises(UserError, match=r"rules.toml: unknown channels \['email'\], expected .*'Email'"):
        check_channels(Rules(**setting), ["Email", "SEO"], tmp_path / "rules.toml")
