"""What the newest fit of a published file gives to whoever serves."""

import json
from pathlib import Path

import duckdb
import pytest

from bank_marketing.campaigns import policy_fit
from bank_marketing.errors import UserError
from bank_marketing.fitting import fits
from bank_marketing.fitting.artefacts import dump_artefact
from bank_marketing.serving.published import attach_published, newest_artefact


def published(path: Path, **params: object) -> Path:
    fitted_with = {"task_version": policy_fit.TASK.version, "libraries": fits.installed_libraries()}
    said = json.dumps({"reason": "too few", fits.FITTED_WITH: fitted_with, **params})
    with duckdb.connect(path) as connection:
        connection.execute("create schema evaluation")
        connection.execute(
            "create table evaluation.model_registry as select 'campaign_policies' as model_name,"
            " 2 as model_version, 'insufficient_data' as status, $said as params, $artefact as artefact",
            {"said": said, "artefact": dump_artefact({"policy": {"name": "greedy"}})},
        )
    return path


def test_a_policy_in_use_is_served_although_the_newest_fit_had_insufficient_data(tmp_path):
    kept = published(tmp_path / "kept.duckdb", **{fits.KEEPS_ARTEFACT: True})
    empty = published(tmp_path / "empty.duckdb")
    with duckdb.connect() as connection:
        attach_published(connection, kept)
        assert newest_artefact(connection, kept, policy_fit.TASK) == (2, {"policy": {"name": "greedy"}})
    with duckdb.connect() as connection:
        attach_published(connection, empty)
        with pytest.raises(UserError, match="had insufficient data: too few"):
            newest_artefact(connection, empty, policy_fit.TASK)
