from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import conversion, conversion_card
from bank_marketing.methods import calibration, cross_fitting, deciles, effects, intervals, metrics, propensity


def model(dbt, session):
    dbt.config(materialized="incremental")
    features = dbt.ref("features_conversion_before_contact").df()
    history = session.sql(f"select * exclude (artefact) from {dbt.this}").df() if dbt.is_incremental else None
    settings = {"depth": dbt.config.meta_get("depth"), "seed": 1}
    return fitting.fit_if_changed(
        history,
        features,
        domain="campaigns",
        model_name=conversion.MODEL_NAME,
        fit=lambda frame: conversion.fit(frame, **settings),
        modules=[
            *(conversion, conversion_card, calibration, cross_fitting),
            *(deciles, effects, intervals, metrics, propensity),
        ],
        settings=settings,
        now=datetime.now(UTC),
    )
