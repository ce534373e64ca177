"""Requests of all kinds, made by schemathesis from the description of the routes."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from project_copies import Project

KEY = "a key of the tests"
# What JSON Schema can't say is refused, too: unknown names, one of two fields, another file's rows.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 404, 409, 422]
"""


class Process:
    """`bank-marketing serve` on a published file."""

    def __init__(self, folder: Path, warehouse: Path, *words: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address, self.log = f"http://127.0.0.1:{port}", folder / "log"
        key = folder / "key"
        key.write_text(KEY)
        command = [sys.executable, "-m", "bank_marketing.cli", "serve", "--port", str(port)]
        command += ["--warehouse", str(warehouse), "--database", f"sqlite:///{folder / 'log.sqlite'}"]
        command += ["--api-key-file", str(key), *words]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.wait()

    def wait(self, seconds: float = 120) -> None:
        """Wait until it is healthy."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.get("/health")["status"] == "ok":
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())

    def stop(self) -> int:
        """Ask it to end; return its status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()


@pytest.fixture
def process(tmp_path: Path, built_sample: Project):
    made = Process(tmp_path, built_sample.folder / "warehouse" / "sample.duckdb", "--most-requests", "0")
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
    # uvicorn ends in order, then by the signal.
    assert process.stop() in (0, -signal.SIGTERM)


@pytest.mark.long
def test_no_request_breaks_the_service(process, tmp_path):
    fuzz(process, tmp_path, 200)
