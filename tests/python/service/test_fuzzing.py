"""Requests of all kinds, made by schemathesis from the description of the routes."""

import subprocess
import sys
from pathlib import Path

import pytest
from project_copies import Project
from served import KEY, Process, serve

# What JSON Schema can't say is refused, too: unknown names, one of two fields, another file's rows.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 404, 409, 422]
"""


@pytest.fixture
def process(tmp_path: Path, built_sample: Project):
    made = serve(tmp_path, built_sample.folder / "warehouse" / "sample.duckdb", "--most-requests", "0")
    yield made
    made.process.kill()


def fuzz(process: Process, folder: Path, examples: int) -> None:
    (folder / "schemathesis.toml").write_text(SETTINGS)
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{process.address}/openapi.json"]
    command += ["--checks", "all", "--max-examples", str(examples), "--seed", "1", "--no-color"]
    command += ["--header", f"X-API-Key: {KEY}", "--request-timeout", "60"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:] + process.log.read_text()[-2000:]
    assert '"error"' not in process.log.read_text()
    process.wait()
    assert process.stop() == 0
    assert list((folder / "temporary").iterdir()) == []


@pytest.mark.long
def test_no_request_breaks_the_service(process, tmp_path):
    fuzz(process, tmp_path, 200)
