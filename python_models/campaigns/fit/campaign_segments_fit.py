from datetime import UTC, datetime

from bank_marketing import fitting
from bank_marketing.campaigns import segments
from bank_marketing.methods import clustering


def model(dbt, session):
    dbt.config(materialized="incremental")
    features = dbt.ref("features_campaign_segments").df()
    history = session.sql(f"select * exclude (artefact) from {dbt.this}").df() if dbt.is_incremental else None
    settings = {"depth": dbt.config.meta_get("depth"), "seed": 1}
    return fitting.fit_if_changed(
        history,
        features,
        domain="campaigns",
        model_name=segments.MODEL_NAME,
        fit=lambda frame: segments.fit(frame, **settings),
        modules=[segments, clustering],
        settings=settings,
        now=datetime.now(UTC),
    )
