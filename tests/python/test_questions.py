"""Each of the ten questions has a page that names existing tables; every public table has a reader."""

import re
from pathlib import Path

import duckdb
import pytest
from project_copies import REPOSITORY

from bank_marketing.project import DOMAINS
from bank_marketing.seeds.formats import read_yaml

QUESTIONS = ["A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5"]
PAGES = {page.stem: page.read_text() for page in sorted((REPOSITORY / "docs" / "questions").glob("*"))}
# The folders of public tables; what lies in a folder below is private.
PUBLIC = {
    model["name"]: {**model, "schema": path.parent.name}
    for domain in (*DOMAINS, "evaluation", "operations")
    for path in (REPOSITORY / "models" / domain).glob("[!_]*.yml")
    for model in read_yaml(path.read_text())["models"]
    # What Python leaves of a table may be described beside it.
    if model["name"] == path.stem
}
LINKS = r"\]\(([^)#]+)\)"
REFS = r"ref\(['\"](\w+)['\"]\)"

# The name of a thing in all tables, by names that it had in some.
ONE_NAME = {
    **{"n_rows": "n", "rows": "n", "note": "message", "sentence": "message", "house": "domain"},
    **{"dbt_valid_from": "valid_from", "dbt_valid_to": "valid_to", "age": "age_years"},
    **{"is_significant": "is_distinguishable", "p_value_adjusted": "p_value_corrected"},
}


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def queries(page: str) -> list[str]:
    blocks = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    return [query for block in blocks for query in block.split(";")]


def names_in_use() -> set[str]:
    """Return what a page may put in backticks as a bare word: tables, lookups, their columns, vars."""
    seeds = [path.stem for path in (REPOSITORY / "seeds" / "reference").glob("*/*.csv")]
    columns = [column["name"] for model in PUBLIC.values() for column in model["columns"]]
    variables = read_yaml((REPOSITORY / "dbt_project.yml").read_text())["vars"]
    # Values of conversion_scores.moment.
    return {*PUBLIC, *seeds, *columns, *variables, "before_contact", "in_campaign"}


def without_a_reader(tables: set[str], pages: str, analyses: str, declarations: str) -> list[str]:
    """Return the tables that neither a page, an analysis nor an exposure names."""
    exposures = [
        reference
        for exposure in re.findall(r"^exposures:.*", declarations, re.DOTALL | re.MULTILINE)
        for reference in re.findall(REFS, exposure)
    ]
    return sorted(tables - words(pages) - set(re.findall(REFS, analyses)) - set(exposures))


def together(pattern: str) -> str:
    return "\n".join(path.read_text() for path in sorted(REPOSITORY.glob(pattern)))


@pytest.fixture(scope="module")
def empty_warehouse():
    """Return a database with every public table as its contract declares it, and no row."""
    with duckdb.connect() as connection:
        for schema in sorted({model["schema"] for model in PUBLIC.values()}):
            connection.execute(f"create schema {schema}")
        for name, model in PUBLIC.items():
            columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
            connection.execute(f"create table {model['schema']}.{name} ({columns})")
        yield connection


def test_each_question_has_a_page():
    assert list(PAGES) == QUESTIONS


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_is_short_and_says_what_it_has_to(question):
    page = PAGES[question]

    assert page.startswith(f"# {question}: ")
    assert len(page.splitlines()) < 60
    parts = ["**Question.**", "**Method.**", "| table | what it tells |", "**How to read.**", "**Limits.**"]
    assert [part for part in parts if part not in page] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_table_and_column_that_a_page_names_exists(question):
    assert set(re.findall(r"`([a-z_]+)`", PAGES[question])) - names_in_use() == set()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_link_of_a_page_leads_somewhere(question):
    links = re.findall(r"\[([^\]]*)" + LINKS, PAGES[question])

    assert [link for _, link in links if not (REPOSITORY / "docs" / "questions" / link).is_file()] == []
    assert [(name, link) for name, link in links if link.endswith(".yml") and Path(link).stem != name] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_queries_of_a_page_fit_the_contracts(question, empty_warehouse):
    assert queries(PAGES[question])
    for query in queries(PAGES[question]):
        assert empty_warehouse.sql(query).fetchall() == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_names_every_table_that_carries_its_tag(question):
    tagged = {n for n, m in PUBLIC.items() if question in m.get("config", {}).get("tags", [])}

    assert tagged - words(PAGES[question]) == set()


@pytest.mark.parametrize("page", ["README.md", "models/overview.md"])
def test_each_question_is_one_click_from_the_first_page(page):
    """From README.md, and from the site in target/, which is as deep as models/."""
    folder = (REPOSITORY / page).parent
    linked = [(folder / link).resolve() for link in re.findall(LINKS, (REPOSITORY / page).read_text())]

    assert [q for q in QUESTIONS if REPOSITORY / "docs" / "questions" / f"{q}.md" not in linked] == []


def test_the_site_starts_questions_with_public_tables():
    text = (REPOSITORY / "models/overview.md").read_text()
    links = re.findall(r"\[(\w+)\]\(#!/model/model\.bank_marketing\.(\w+)\)", text)

    assert [(name, node) for name, node in links if name != node or node not in PUBLIC] == []


def test_first_pages_say_of_each_question_whether_it_is_answered():
    begin = {"answered": None, "in part": "**Answered in part.**", "not yet": "**Not answered yet"}
    for page in ("README.md", "models/overview.md"):
        text = (REPOSITORY / page).read_text()
        for question in QUESTIONS:
            said = re.search(rf"\[{question}\]\([^|]*\|(?:[^|]*\|)??\s*(answered|in part|not yet) \|", text)
            in_page = [word for word, start in begin.items() if start and start in PAGES[question]]
            assert [said[1]] == (in_page or ["answered"]), f"{question} in {page}"


def test_a_thing_has_one_name_in_all_public_tables():
    columns = {f"{name}.{column['name']}" for name, model in PUBLIC.items() for column in model["columns"]}

    assert {name: ONE_NAME[name.split(".")[1]] for name in columns if name.split(".")[1] in ONE_NAME} == {}


def test_every_public_table_has_a_reader():
    assert (
        without_a_reader(
            set(PUBLIC),
            "\n".join(PAGES.values()),
            together("analyses/*.sql"),
            together("models/**/*.yml"),
        )
        == []
    )


def test_a_table_without_a_reader_is_found():
    found = without_a_reader(
        {"in_a_page", "in_an_analysis", "in_an_exposure", "forgotten"},
        "[in_a_page](x.yml)",
        "select * from {{ ref('in_an_analysis') }}",
        "models:\n- name: forgotten\nexposures:\n- name: x\n  depends_on: [ref('in_an_exposure')]\n",
    )

    assert found == ["forgotten"]
