"""A browser walks all pages, in light and dark, wide and narrow, and does what a marketer does."""

import csv
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from project_copies import REPOSITORY
from services import missing

from bank_marketing.campaigns.plan_anew import ground, plan_anew
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.opened import Shelf
from bank_marketing.web.app import create_app
from bank_marketing.web.pages import PAGES
from bank_marketing.web.pages.budget import SHARES
from bank_marketing.web.words import money

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
# What axe finds of these is mended.
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    """Return Debian's browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("playwright (make .venv/installed-dev)")
    path = shutil.which("chromium")
    if path is None:
        missing("a browser: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(published: Path, today) -> Iterator[str]:
    """Return where the dashboard is."""
    config = uvicorn.Config(create_app(Shelf(published, lambda: today)), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    (socket,) = server.servers[0].sockets
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def walker(chromium, address):
    """Return a function that opens a page, and hold that nothing was loaded from elsewhere or went wrong."""
    wrong, contexts = [], []

    def opened(width: int = 1280, mode: str = "light", *, has_scripts: bool = True):
        context = chromium.new_context(
            base_url=address,
            color_scheme=mode,
            java_script_enabled=has_scripts,
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda one: wrong.append(one.url) if not one.url.startswith(address) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize(
    ("width", "mode"),
    [
        (390, "light"),
        pytest.param(390, "dark", marks=pytest.mark.long),
        pytest.param(1280, "light", marks=pytest.mark.long),
        pytest.param(1280, "dark", marks=pytest.mark.long),
    ],
)
def test_all_pages_fit_and_anybody_can_use_them(walker, width, mode):
    from axe_playwright_python.sync_playwright import Axe

    axe, page = Axe(), walker(width, mode)
    for one in PAGES:
        page.goto(one.path, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, one.path
        assert page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length") == 0
        found = [
            (violation["id"], violation["nodes"][0]["html"][:200])
            for violation in axe.run(page).response["violations"]
            if violation["impact"] in SERIOUS
        ]
        assert found == [], one.path
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{one.path}, all open"


def test_a_customer_on_the_list_is_found_by_keyboard_and_by_link(walker, opened):
    row = opened.list_rows(LISTS["retention_call_list"])[1][0]
    page = walker(390, "dark")
    page.goto("/")
    page.click(f"#retention_call_list >> text={row['customer_id']}")
    assert row["action_description"] in page.inner_text(".todo")

    page.goto("/customers")
    page.fill("input[name=number]", str(row["customer_id"]))
    page.press("input[name=number]", "Enter")
    page.wait_for_url("**number=*")
    assert row["talk_about"] in page.inner_text(".todo")


def test_a_moved_budget_shows_the_plan_that_the_build_would_make(walker, opened):
    week = opened.frame("select * from warehouse.campaigns.budget_plan where week = 1")
    of = ground(opened.frame("select * from warehouse.campaigns.campaign_offers"), week, is_changed=True)
    for has_scripts in (True, False):
        page = walker(has_scripts=has_scripts)
        page.goto("/campaigns?by=campaign_type")
        page.fill("#usd", "900,000")
        page.press("#usd", "Enter") if has_scripts else page.click("form:has(#usd) button")
        page.wait_for_url("**budget=900*")
        for row in plan_anew(of, 900_000).rows:
            line = page.locator("#spending tbody tr", has_text=str(row["group_value"])).first
            shown = line.locator("td.number").all_inner_texts()
            assert shown[0] == f"{row['customers']:,}"
            assert shown[4].replace("\xa0", " ").startswith(money(row["expected_profit_usd"]))
        assert page.input_value("select[name=by]") == "campaign_type"

        page.goto("/")
        page.click("text=Compare budgets")
        page.wait_for_url("**budgets=all*")
        lines = page.locator("#budgets tbody tr")
        assert lines.count() == len(SHARES)
        assert "100.0 %" in lines.nth(2).inner_text().replace("\xa0", " ")


def test_a_list_is_downloaded_as_it_is_in_the_table(walker, opened):
    rows = opened.list_rows(LISTS["retention_call_list"])[1]
    page = walker()
    page.goto("/retention")
    with page.expect_download() as download:
        page.click("#retention_call_list .source a")
    with Path(download.value.path()).open(newline="") as file:
        found = list(csv.DictReader(file))

    assert [list(row.values()) for row in found] == [
        ["" if value is None else str(value) for value in row.values()] for row in rows
    ]


def test_a_good_and_a_bad_file_are_sent(walker, built_sample, tmp_path):
    (file,) = (built_sample.folder / "seeds").rglob("raw_churn_customers.csv")
    lines = file.read_text().splitlines()[:12]
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("\n".join(lines))
    bad.write_text("\n".join([*lines[:3], lines[3].replace(",", ",x", 3), *lines[4:]]))
    page = walker()
    page.goto("/new-data")
    for path, said in ((good, "11 customers"), (bad, "Nothing was scored")):
        page.select_option("form[method=post] select", "churn_customers")
        page.set_input_files("input[type=file]", path)
        page.click("text=Show scores")
        page.wait_for_selector("#result")
        assert page.inner_text("#result h2") == said
    assert "4" in page.inner_text("#result table")
    with page.expect_download() as download:
        page.set_input_files("input[type=file]", good)
        page.click("text=Download scores")
    assert len(Path(download.value.path()).read_text().splitlines()) == len(lines)


def test_all_works_without_javascript(walker):
    page = walker(has_scripts=False)
    page.goto("/retention")
    page.select_option("select[name=cohort]", "country")
    page.click("form:has(select[name=cohort]) button")
    assert "Germany" in page.inner_text("#survival h3")


@pytest.mark.long
def test_the_pictures_of_the_readme_can_be_made_again(chromium, address, tmp_path):
    sys.path.append(str(REPOSITORY / "docs" / "readme"))
    import pictures

    pictures.draw(chromium, address, tmp_path)
    made = {file.name: file.stat().st_size for file in tmp_path.glob("*.webp")}
    assert made.keys() == {file.name for file in (REPOSITORY / "docs" / "readme").glob("*.webp")}
    # With another publication a picture may be larger by a little.
    assert all(5_000 < size < 30_000 for size in made.values()), made
