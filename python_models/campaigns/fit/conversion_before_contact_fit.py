from datetime import UTC, datetime

from bank_marketing import fitting, methods
from bank_marketing.campaigns import conversion, conversion_card


def model(dbt, session):
    dbt.config(materialized="incremental")
    features = dbt.ref("features_conversion_before_contact").df()
    history = session.sql(f"select * exclude (artefact) from {dbt.this}").df() if dbt.is_incremental else None
    settings = {"depth": dbt.config.meta_get("depth"), "seed": 1}
    used = "calibration", "cross_fitting", "deciles", "effects", "intervals", "metrics", "propensity"
    return fitting.fit_if_changed(
        history,
        features,
        domain="campaigns",
        model_name=conversion.MODEL_NAME,
        fit=lambda frame: conversion.fit(frame, **settings),
        modules=[conversion, conversion_card, *(getattr(methods, name) for name in used)],
        settings=settings,
        now=datetime.now(UTC),
    )
