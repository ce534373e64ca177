"""A build by month gives what a full refresh gives, whatever parts come, change and go."""

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from grammar_table import FORMATS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from project_copies import Project, copy_project, keep_only

SEED = "raw_card_transactions"
STAGED = "stg_transactions__card_transactions"
MARTS = ("card_transactions", "customer_monthly_spending", "int_transaction_hours")
HEADER = ",".join(FORMATS[SEED].headers)
NAMES = ("2019-10", "2019-11", "2019-12", "late")
BAD = "x"

pytestmark = [pytest.mark.builds, pytest.mark.slow]


@dataclass(frozen=True)
class Row:
    """A transaction as a part has it."""

    key: int
    month: int
    amount: str

    @property
    def moment(self) -> datetime:
        return datetime(2019, self.month, 1 + self.key, 10)

    @property
    def text(self) -> str:
        place = f"{self.key % 3},{self.key % 5},{self.amount},Chip Transaction,7,Beulah,ND,58523.0,5411,"
        return f"{self.key},{self.moment},{place}"

    @property
    def typed(self) -> str:
        place = f"{self.key % 3}, {self.key % 5}, {self.amount.removeprefix('$')}, 'Chip Transaction', 7"
        return f"({self.key}, timestamp '{self.moment}', {place}, 'Beulah', 'ND', 58523, 5411)"


# By name of a part, whether it is Parquet, and its rows.
Parts = dict[str, tuple[bool, Sequence[Row]]]

rows = st.lists(
    st.builds(
        Row, st.integers(1, 9), st.integers(10, 12), st.sampled_from(["$1.00", "$2.50", "$-3.00", BAD])
    ),
    max_size=6,
)
steps = st.dictionaries(st.sampled_from(NAMES), st.none() | st.tuples(st.booleans(), rows), max_size=2)


class Warehouse:
    """A project with the transactions alone, in which dbt runs in this process, from one reading of it."""

    def __init__(self, project: Project) -> None:
        from dbt.cli.main import dbtRunner

        self.project = project
        self.runner = dbtRunner
        self.folder = project.folder / "seeds" / "parts" / "sample" / SEED
        # Read first where the macros of all projects have been read.
        assert project.dbt("parse").returncode == 0
        done = dbtRunner().invoke(["--quiet", "parse"])
        assert done.success, done.exception
        self.manifest = done.result
        self.build("--exclude-resource-type", "test", "--exclude", f"{SEED}+")
        for key in [key for key in self.manifest.nodes if key.startswith("operation.")]:
            del self.manifest.nodes[key]

    def build(self, *arguments: str) -> str:
        """Run dbt; return what it says of what failed."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        # Nothing is kept as a whole: what is tested is which months are made anew.
        if "kept" in self.manifest.flat_graph:
            self.manifest.flat_graph["kept"]["tokens"].clear()
        done = self.runner(self.manifest).invoke(
            ["--quiet", "build", "--vars", "max_reject_share: 1", *arguments]
        )
        if DuckDBConnectionManager._ENV:
            DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager.close_all_connections()
        return "\n".join(result.message for result in done.result.results if result.status == "error")

    def bring_up_to_date(self, *arguments: str) -> str:
        return self.build("--exclude-resource-type", "test", "--select", SEED, STAGED, *MARTS, *arguments)

    def lay(self, parts: Parts) -> None:
        """Let the folder hold these parts alone; a file that stays the same is left alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = set()
        for name, (is_parquet, content) in parts.items():
            text = "\n".join([HEADER, *(row.text for row in content)]) + "\n"
            path = self.folder / f"{name}.{'parquet' if is_parquet else 'csv'}"
            kept.add(path)
            if is_parquet:
                csv = self.folder / ".csv"
                csv.write_text(text)
                duckdb.read_csv(str(csv), all_varchar=True).write_parquet(str(path))
                csv.unlink()
            elif not path.is_file() or path.read_text() != text:
                path.write_text(text)
        for path in set(self.folder.iterdir()) - kept:
            path.unlink()

    def query(self, sql: str) -> list[tuple]:
        return self.project.query(sql, self.project.working)

    def execute(self, sql: str) -> None:
        with duckdb.connect(str(self.project.working)) as connection:
            connection.execute(sql)

    def tables(self) -> dict[str, list[tuple]]:
        """Return all that is made of the parts, but for moments and tokens."""
        return {
            SEED: self.query(f"select * from raw.{SEED} order by all"),
            "card_transactions": self.query("select * from transactions.card_transactions order by all"),
            "spending": self.query("select * from transactions.customer_monthly_spending order by all"),
            "hours": self.query("select * from transactions_private.int_transaction_hours order by all"),
            "rejected": self.query(
                "select file, line, text, reason from transactions_private.rejected_rows"
                f" where seed_name = '{SEED}' order by all"
            ),
            "load": self.query(
                "select rows_read, rows_loaded, rows_rejected, fingerprint"
                f" from operations_private.seed_load_log where seed_name = '{SEED}'"
            ),
        }


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    project = copy_project(tmp_path_factory.mktemp("months") / "project")
    keep_only(project.folder, MARTS)
    for folder in ("tests/data", "snapshots", "python_models"):
        shutil.rmtree(project.folder / folder)
    (project.folder / "seeds" / "sample" / "transactions" / f"{SEED}.csv").write_text(HEADER + "\n")
    mask = os.umask(0o077)
    # What dbt makes in a build it throws away by itself.
    gc.disable()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        patch.setenv("SEED_SET", "sample")
        yield Warehouse(project)
    gc.enable()
    os.umask(mask)


def standing(parts: Parts) -> dict[int, Row]:
    """Return by key the row that counts: the first good one of the last part that has one."""
    found: dict[int, Row] = {}
    for name in sorted(parts):
        found |= {row.key: row for row in reversed(parts[name][1]) if row.amount != BAD}
    return found


def spending(transactions: Sequence[Row]) -> dict[tuple[int, date], Decimal]:
    sums: dict[tuple[int, date], Decimal] = {}
    for row in transactions:
        place = (row.key % 3, row.moment.date().replace(day=1))
        sums[place] = sums.get(place, Decimal(0)) + Decimal(row.amount.removeprefix("$"))
    return sums


def held_to(warehouse: Warehouse, parts: Parts) -> None:
    """Hold tables to the parts: each good row that counts, and all others among the rejected."""
    expected = standing(parts)
    facts = warehouse.query(
        "select transaction_id, transacted_at, amount_usd from transactions.card_transactions"
    )
    assert sorted(facts) == sorted(
        (row.key, row.moment, Decimal(row.amount.removeprefix("$"))) for row in expected.values()
    )
    monthly = warehouse.query(
        "select client_id, month, spending_usd from transactions.customer_monthly_spending"
    )
    assert {(client, month): usd for client, month, usd in monthly} == spending(list(expected.values()))
    read = sum(len(content) for _, content in parts.values())
    assert warehouse.tables()["load"][0][:3] == (read, len(expected), read - len(expected))
    assert len(warehouse.tables()["rejected"]) == read - len(expected)


# Not made smaller, since each try builds.
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    first=st.dictionaries(st.sampled_from(NAMES), st.tuples(st.booleans(), rows), min_size=2),
    then=st.lists(steps, min_size=1, max_size=3),
)
def test_months_made_anew_are_those_of_a_full_refresh(warehouse, first, then):
    parts: Parts = {}
    for step in [first, *then]:
        parts |= {name: part for name, part in step.items() if part}
        for name in [name for name, part in step.items() if part is None]:
            parts.pop(name, None)
        warehouse.lay(parts)
        said = warehouse.bring_up_to_date()
        if not parts:
            assert "no parts" in said
        elif not standing(parts):
            assert "no rows" in said
        else:
            assert not said
            held_to(warehouse, parts)
    if standing(parts):
        before = warehouse.tables()
        assert not warehouse.bring_up_to_date("--full-refresh")
        assert warehouse.tables() == before


def test_only_months_that_changed_are_made_anew(warehouse):
    october, november = [Row(1, 10, "$1.00")], [Row(2, 11, "$1.00"), Row(3, 11, "$2.50")]
    warehouse.lay({"2019-10": (False, october), "2019-11": (False, november)})
    assert not warehouse.bring_up_to_date()
    # Planted: what is made anew loses it.
    warehouse.execute("update transactions.card_transactions set merchant_id = 99")
    warehouse.lay({"2019-10": (False, october), "2019-11": (False, november), "late": (False, november[:1])})
    assert not warehouse.bring_up_to_date()
    marked = (
        "select transaction_id, merchant_id, has_known_client from transactions.card_transactions order by 1"
    )
    assert warehouse.query(marked) == [(1, 99, True), (2, 7, True), (3, 7, True)]
    assert warehouse.tables()["rejected"][0][3] == "id: repeated in a later part"

    warehouse.execute("delete from transactions.bank_customers where client_id = 1")
    assert not warehouse.bring_up_to_date()
    assert warehouse.query(marked) == [(1, 7, False), (2, 7, True), (3, 7, True)]


def test_a_refused_part_is_left_out_until_it_is_mended(warehouse):
    parts: Parts = {"2019-10": (False, [Row(1, 10, "$1.00")]), "2019-11": (False, [Row(1, 10, "$2.50")])}
    bad = [Row(1, 10, "$-3.00"), Row(2, 11, BAD), Row(3, 11, BAD)]
    warehouse.lay({**parts, "2019-12": (False, bad)})
    said = warehouse.bring_up_to_date("--vars", "max_reject_share: 0.01")
    for word in ("2019-12.csv: 2 of 3 rows are bad", "2 x amount: not a valid money (first on line 3)"):
        assert word in said
    assert [(part, key) for part, _, key, *_ in warehouse.tables()[SEED]] == [("2019-11", 1)]

    mended = {**parts, "2019-12": (False, bad[:2])}
    warehouse.lay(mended)
    assert not warehouse.bring_up_to_date("--vars", "max_reject_share: 0.01")
    held_to(warehouse, mended)

    # A part that was let through is refused when less is let through, as by a full refresh.
    warehouse.lay({**parts, "2019-12": (False, bad)})
    assert not warehouse.bring_up_to_date()
    assert "2 of 3 rows are bad" in warehouse.bring_up_to_date("--vars", "max_reject_share: 0.01")


def test_a_table_of_parts_that_is_gone_is_made_again(warehouse):
    parts: Parts = {"2019-10": (False, [Row(1, 10, "$1.00")]), "2019-11": (False, [Row(1, 10, "$2.50")])}
    warehouse.lay(parts)
    assert not warehouse.bring_up_to_date()
    for table in (f"raw.{SEED}__replaced", f"raw.{SEED}", *(f"transactions.{name}" for name in MARTS[:2])):
        warehouse.execute(f"drop table {table}")
        assert not warehouse.bring_up_to_date(), table
        held_to(warehouse, parts)


def test_one_file_typed_parquet_and_parts_give_the_same(warehouse):
    content = [Row(1, 10, "$1.00"), Row(2, 11, "$-3.00"), Row(3, 11, "$2.50")]
    warehouse.lay({"2019-10": (False, content[:1]), "2019-11": (False, content[1:])})
    assert not warehouse.bring_up_to_date()
    facts = warehouse.tables()["card_transactions"]

    csv = warehouse.project.folder / "seeds" / "sample" / "transactions" / f"{SEED}.csv"
    away = warehouse.folder.rename(warehouse.folder.with_name("away"))
    csv.write_text("\n".join([HEADER, *(row.text for row in content)]) + "\n")
    assert not warehouse.bring_up_to_date()
    assert warehouse.tables()["card_transactions"] == facts

    csv.write_text(HEADER + "\n")
    away.rename(warehouse.folder)
    (warehouse.folder / "2019-11.csv").unlink()
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select id, date, client_id, card_id, cast(amount as decimal(18, 2)) as amount, use_chip,"
            " merchant_id, merchant_city, merchant_state, cast(zip as double) as zip, mcc, '' as errors"
            f" from (values {', '.join(row.typed for row in content[1:])}) as t (id, date, client_id,"
            " card_id, amount, use_chip, merchant_id, merchant_city, merchant_state, zip, mcc))"
            f" to '{warehouse.folder / '2019-11.parquet'}' (format parquet)"
        )
    assert not warehouse.bring_up_to_date()
    assert warehouse.tables()["card_transactions"] == facts
