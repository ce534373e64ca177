"""Make README's pictures: pages of the dashboard on the sample.

    .venv/bin/python docs/readme/pictures.py warehouse/sample.duckdb

It takes Debian's browser: apt-get install chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bank_marketing.serving.opened import Shelf
from bank_marketing.web.app import create_app

# Name of a picture, address of the page, what stands at its upper edge, and height in pixels.
PICTURES = (
    ("this_week", "/", "body", 1000),
    ("campaigns", "/campaigns", "body", 830),
    ("retention", "/retention", "#who", 720),
)
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
# Of WebP; a picture has at most 30 kB (a test).
QUALITY, WIDTH = 25, 800


@contextmanager
def dashboard(published: Path) -> Iterator[str]:
    """Yield the address of a dashboard on a published file."""
    shelf = Shelf(published, lambda: datetime.now(UTC).date())
    server = uvicorn.Server(uvicorn.Config(create_app(shelf), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def draw(browser: Browser, address: str, folder: Path) -> None:
    """Write all pictures to a folder."""
    for name, path, edge, height in PICTURES:
        page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
        page.goto(address + path, wait_until="networkidle")
        page.locator(edge).evaluate("part => part.scrollIntoView()")
        page.wait_for_load_state("networkidle")
        # Until charts that came late are drawn.
        page.wait_for_timeout(500)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        shot = shot.resize((WIDTH, shot.height * WIDTH // shot.width), Image.Resampling.LANCZOS)
        shot.save(folder / f"{name}.webp", quality=QUALITY, method=6)
        page.close()


if __name__ == "__main__":
    with dashboard(Path(sys.argv[1])) as at, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        draw(chromium, at, Path(__file__).parent)
        chromium.close()
