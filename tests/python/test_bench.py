"""What the benches measure with; the benches themselves run with `make bench`."""

import subprocess
import sys

import pytest
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "bench"))

import bench_data
import growth
import measuring
import pages
import seed_load
import sql_part

ALLOCATE = (
    "block = bytearray(200_000_000); block[::4096] = b'x' * len(block[::4096]); import time; time.sleep(0.5)"
)
IN_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ALLOCATE!r}])"


@pytest.mark.parametrize("code", [ALLOCATE, IN_A_CHILD], ids=["itself", "in a child"])
def test_memory_of_a_command_and_of_its_children_is_seen(code):
    measured = measuring.run_measured([sys.executable, "-c", code])
    assert 200e6 < measured.peak_memory < 400e6
    assert measured.cpu_seconds > 0


def test_a_failing_command_is_no_measurement(capsys):
    with pytest.raises(subprocess.CalledProcessError):
        measuring.run_measured([sys.executable, "-c", "print('broken'); raise SystemExit(3)"])
    assert "broken" in capsys.readouterr().out


def test_data_of_another_scale_are_made_anew(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(bench_data, "FOLDER", tmp_path / "bench")
    monkeypatch.setattr(bench_data, "TRUTH", tmp_path / "bench_truth.json")
    monkeypatch.setattr(bench_data, "TRANSACTIONS", tmp_path / "bench" / "raw_card_transactions.csv")
    monkeypatch.setattr(bench_data, "remove", lambda: made.append("removed"))
    monkeypatch.setattr(
        bench_data, "run_measured", lambda *_: made.append("made") or measuring.Measured(1, 1, [])
    )
    bench_data.TRUTH.write_text('{"scale": 2.0}')
    assert bench_data.make(2.0) == "The data were there already." and made == []
    assert bench_data.make(222) != "The data were there already." and made == ["removed", "made"]


def test_what_was_built_is_removed_and_nothing_of_a_similar_name(monkeypatch, tmp_path):
    monkeypatch.setattr(measuring, "REPOSITORY", tmp_path)
    (tmp_path / "warehouse").mkdir()
    names = [
        "bench.duckdb",
        "bench_build.duckdb",
        "bench_build.duckdb.wal",
        "benchmark.duckdb",
        "my_bench.duckdb",
    ]
    for name in names:
        (tmp_path / "warehouse" / name).touch()
    measuring.remove_warehouse()
    assert sorted(path.name for path in (tmp_path / "warehouse").iterdir()) == names[3:]


def test_a_figure_is_judged_as_it_is_shown():
    assert measuring.held_against(6.04, 6) == "**6.0** (met)"
    assert measuring.held_against(6.06, 6) == "**6.1** (not met)"


def test_a_node_has_the_memory_and_processor_time_of_its_own_moments():
    samples = [measuring.Sample(at=at, memory=100 * at, cpu_seconds=at / 2) for at in range(10)]
    result = {
        "unique_id": "model.bank_marketing.orders",
        "timing": [
            {"started_at": "1970-01-01T00:00:02.5Z", "completed_at": "1970-01-01T00:00:03Z"},
            {"started_at": "1970-01-01T00:00:03Z", "completed_at": "1970-01-01T00:00:05.5Z"},
        ],
    }
    node = measuring._node(result, measuring.Measured(10, 5, samples))
    assert node == measuring.Node("model orders", seconds=3.0, cpu_seconds=2.0, peak_memory=600)


def test_the_bare_load_reads_the_file_as_it_is_declared(monkeypatch):
    sample = REPOSITORY / "seeds/sample/transactions/raw_card_transactions.csv"
    monkeypatch.setattr(bench_data, "TRANSACTIONS", sample)
    load = seed_load.bare_load()
    assert load.seconds > 0 and load.cpu_seconds > 0 and load.peak_memory > 0


def test_every_page_is_measured_with_the_charts_that_a_wide_screen_loads(built_sample, monkeypatch):
    monkeypatch.setattr(pages, "ROUNDS", 1)
    measured = pages.measure(built_sample.published)
    titles = {line.split(" | ")[0].strip("| ") for line in measured.splitlines()[-len(pages.PAGES) :]}
    assert titles == {page.title for page in pages.PAGES}

    html = '<img src="/charts/a/b.svg?v=1&amp;size=wide"><source srcset="/charts/a/b.svg?size=narrow">'
    assert pages.addresses(html) == {"/charts/a/b.svg?v=1&size=wide"}


def test_time_that_doubles_with_the_size_has_an_exponent_of_one():
    def built(size, cpu_seconds):
        return growth.Built(1, size, measuring.Measured(10, cpu_seconds, []), 1)

    assert growth.slope(built(100, 3.0), built(200, 6.0)) == pytest.approx(1)
    assert growth.slope(built(100, 3.0), built(400, 48.0)) == pytest.approx(2)


def test_a_script_has_what_rests_on_seeds_and_sql_each_after_what_it_reads():
    def model(name, *reads, language="sql", group="transactions"):
        depends_on = {"nodes": list(reads)}
        node = {"resource_type": "model", "language": language, "config": {"group": group}}
        return {name: node | {"name": name, "depends_on": depends_on}}

    nodes = {
        **model("fact", "staged", "shared"),
        **model("staged", "raw"),
        **model("shared", "raw", group="churn"),
        **model("fit", "fact", language="python"),
        **model("scores", "fit", "fact"),
        **model("logged", "source.log"),
        "raw": {"resource_type": "seed"},
    }
    assert [node["name"] for node in sql_part.plain_models(nodes)] == ["staged", "fact"]
