from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.churn import retention
from bank_marketing.methods import calibration, cross_fitting, deciles, intervals, logistic, metrics, survival

METHODS = (calibration, cross_fitting, deciles, intervals, logistic, metrics, survival)


def model(dbt, session):
    dbt.config(materialized="incremental")
    features = dbt.ref("features_retention").df()
    history = session.sql(f"select * exclude (artefact) from {dbt.this}").df() if dbt.is_incremental else None
    settings = {"depth": dbt.config.meta_get("depth"), "seed": 1}
    return fitting.fit_if_changed(
        history,
        features,
        domain="churn",
        model_name=retention.MODEL_NAME,
        fit=lambda frame: retention.fit(frame, **settings),
        modules=[retention, *METHODS],
        settings=settings,
        now=datetime.now(UTC),
    )
