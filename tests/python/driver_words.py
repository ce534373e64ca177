"""Drivers in words held against the score itself: each feature replaced alone by its typical value."""

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from project_copies import Project

from bank_marketing import subject_keys
from bank_marketing.campaigns import conversion_before_contact, conversion_drivers, conversion_in_campaign
from bank_marketing.churn import retention, retention_drivers
from bank_marketing.fitting.sealed_keys import open_artefact
from bank_marketing.methods.drivers import LEAST_EFFECT

CAMPAIGN_CUSTOMERS = "select * from campaigns.campaign_responses"
MOMENTS = (conversion_before_contact, conversion_in_campaign)


def published(project: Project, model_name: str, query: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return customers and the artefact of a model, both as published."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project.published}' as warehouse (read_only)")
        connection.execute("use warehouse")
        ((artefact,),) = connection.execute(
            "select artefact from evaluation.model_registry where model_name = $name"
            " order by model_version desc limit 1",
            {"name": model_name},
        ).fetchall()
        return connection.sql(query).df(), open_artefact(artefact, subject_keys.stored_key(project.published))


def effect_of(
    score: Callable[[pd.DataFrame], np.ndarray], customers: pd.DataFrame, typical: dict[str, Any]
) -> np.ndarray:
    return score(customers) - score(customers.assign(**typical))


def share_of_churn_drivers_that_hold(project: Project) -> tuple[float, float]:
    """Return the share of the published drivers that agree with replacement, and how many a customer has."""
    customers, artefact = published(
        project,
        "retention",
        "select * from churn.churn_customers inner join churn.churn_scores using (customer_id)",
    )
    return _share_that_holds(
        lambda some: retention.score(some, artefact)["churn_probability"].to_numpy(),
        customers,
        customers[["driver_1", "driver_2", "driver_3"]],
        artefact["population"]["typical"],
        retention_drivers.WORDS,
    )


def share_of_conversion_drivers_that_hold(project: Project, moment: Any) -> tuple[float, float]:
    customers, artefact = published(project, moment.TASK.name, CAMPAIGN_CUSTOMERS)
    return _share_that_holds(
        lambda some: moment.score(some, artefact)["conversion_probability"].to_numpy(),
        customers,
        conversion_drivers.drivers(customers, artefact),
        artefact["population"]["typical"],
        conversion_drivers.WORDS,
    )


def _share_that_holds(
    score: Callable[[pd.DataFrame], np.ndarray],
    customers: pd.DataFrame,
    drivers: pd.DataFrame,
    typical: dict[str, Any],
    words: dict[str, Callable[[Any], str]],
) -> tuple[float, float]:
    """Read each driver as a reader does: whose value is it, and does the score move as it says without it."""
    said = {name: customers[name].map(words[name]) for name in typical}
    alone = {name: effect_of(score, customers, {name: typical[name]}) for name in typical}
    count, holds = 0, 0
    for text in (drivers[column].fillna("").astype(str) for column in drivers):
        direction = np.where(text.str.endswith(": raises"), 1, -1)
        phrase = text.str.rsplit(": ", n=1).str[0]
        count += int((text != "").sum())
        for name, effect in alone.items():
            is_it = (phrase == said[name]).to_numpy()
            holds += int((direction * effect >= LEAST_EFFECT)[is_it].sum())
        together = phrase[phrase.str.contains(" with ")]
        names = together.index.to_series().map(
            lambda row, phrases=phrase: tuple(
                name for name in typical if said[name][row] in phrases[row].split(" with ")
            )
        )
        for some, rows in names.groupby(names).groups.items():
            effect = effect_of(score, customers.loc[rows], {name: typical[name] for name in some})
            is_right = (direction[rows] * effect >= LEAST_EFFECT) & (len(some) > 1)
            holds += int(is_right.sum())
    return holds / count, count / len(customers)
