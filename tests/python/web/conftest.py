"""The published sample, and the dashboard on it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from fastapi.testclient import TestClient
from project_copies import Project

from bank_marketing.serving.opened import Opened, Shelf
from bank_marketing.web.app import create_app

HERE = "http://127.0.0.1:8001"


@pytest.fixture(scope="session")
def published(built_sample: Project) -> Path:
    """Return the published sample; tests only read it."""
    return built_sample.published


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def opened(published: Path, today: date) -> Opened:
    return Opened(published, today)


@pytest.fixture
def client(published: Path, today: date) -> Iterator[TestClient]:
    with TestClient(create_app(Shelf(published, lambda: today)), base_url=HERE) as made:
        yield made


@pytest.fixture
def altered(published: Path, tmp_path: Path, today: date):
    """Return a function that opens a copy of the published sample in which statements were executed."""

    def alter(*statements: str) -> Opened:
        copy = tmp_path / "warehouse" / "sample.duckdb"
        copy.parent.mkdir()
        for file in (published, published.with_suffix(".key")):
            shutil.copyfile(file, copy.with_suffix(file.suffix))
        with duckdb.connect(copy) as connection:
            for statement in statements:
                connection.execute(statement)
        return Opened(copy, today)

    return alter
