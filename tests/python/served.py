"""`bank-marketing serve` in a process of its own, for tests that ask it from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

KEY = "a key of the tests"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def serve(folder: Path, warehouse: Path, *words: str) -> "Process":
    """Serve a published file; log, key and what is temporary are in the folder."""
    port, key, temporary = free_port(), folder / "key", folder / "temporary"
    key.write_text(KEY)
    temporary.mkdir()
    command = [sys.executable, "-m", "bank_marketing.cli", "serve", "--port", str(port)]
    command += ["--warehouse", str(warehouse), "--database", f"sqlite:///{folder / 'log.sqlite'}"]
    command += ["--api-key-file", str(key), *words]
    return Process(command, port, folder / "log", env=os.environ | {"TMPDIR": str(temporary)})


class Process:
    """A service that was started by a command."""

    def __init__(self, command: list[str], port: int, log: Path, **settings) -> None:
        self.address, self.log = f"http://127.0.0.1:{port}", log
        with log.open("w") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file, **settings)
        self.wait()

    def wait(self, seconds: float = 120) -> None:
        """Wait until it is healthy."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.ask("/health")["status"] == "ok":
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def ask(self, path: str, body: dict | None = None) -> dict:
        """Return an answer; one other than 200 is an error."""
        headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, sent, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read())

    def stop(self) -> int:
        """Ask it to end; return its status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
