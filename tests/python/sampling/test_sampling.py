"""The edge of all samples: what the command writes, and that what is committed is what it writes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from sample_profile import ROOT, check_profile, check_real_values

from bank_marketing.errors import UserError
from bank_marketing.project import DOMAINS
from bank_marketing.sampling import command as sampling
from bank_marketing.sampling.files import rows_at_scale
from bank_marketing.seeds.formats import read_formats

pytestmark = pytest.mark.slow

SMALL = 0.03


class GeneratorError(Exception):
    pass


def files(out: Path) -> dict[str, bytes]:
    paths = [*sorted(out.rglob("*.csv")), sampling.truth_path(out)]
    return {str(path.relative_to(out.parent)).replace(out.name, "", 1): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("sampling") / "small"
    sampling.write_samples(out, scale=SMALL)
    return out


@pytest.fixture
def quick(monkeypatch) -> None:
    """Leave out the truth of the campaigns, which takes most of the time."""
    from bank_marketing.sampling import campaigns as sample

    monkeypatch.setattr(sample, "_truth", lambda *_: {})


def test_committed_sample_is_what_the_command_writes(tmp_path):
    written = tmp_path / "sample"
    sampling.write_samples(written)
    committed = files(ROOT / "seeds" / "sample")
    # Compared by name, since pytest would spell out the difference of two files of megabytes.
    differing = [name for name, content in files(written).items() if committed.get(name) != content]
    assert differing == [], "run bank-marketing sample and commit what it writes"


@pytest.mark.parametrize("domain", DOMAINS)
def test_sample_has_the_published_profile(domain):
    assert check_profile(domain, ROOT / "seeds" / "sample" / domain) == []


@pytest.mark.usefixtures("kaggle")
@pytest.mark.parametrize("domain", DOMAINS)
def test_published_profile_is_true_of_the_real_files(domain):
    assert check_real_values(domain) == []


def test_repeated_runs_are_equal(small, tmp_path):
    sampling.write_samples(tmp_path / "again", scale=SMALL)
    assert files(tmp_path / "again") == files(small)


def test_another_seed_gives_other_files(quick, small, tmp_path):
    sampling.write_samples(tmp_path / "other", scale=SMALL, seed=sampling.DEFAULT_SEED + 1)
    other = files(tmp_path / "other")
    for responses in ("/campaigns/raw_campaign_responses.csv", "/churn/raw_churn_customers.csv"):
        assert other[responses] != files(small)[responses]


def test_a_change_in_one_domain_leaves_the_others_as_they_are(small, tmp_path, monkeypatch):
    from bank_marketing.sampling import campaigns as sample

    def greedy(folder: Path, *, scale: float, seed: int) -> dict[str, int]:
        (folder / "raw_campaign_responses.csv").write_text(str(seed))
        return {"drawn": seed}

    monkeypatch.setattr(sample, "write_sample", greedy)
    sampling.write_samples(tmp_path / "changed", scale=SMALL)
    changed = files(tmp_path / "changed")
    differing = {name for name, content in files(small).items() if changed[name] != content}
    assert differing == {"/campaigns/raw_campaign_responses.csv", "_truth.json"}
    assert len({sampling.domain_seed(1, domain) for domain in DOMAINS}) == len(DOMAINS)


def test_a_failing_generator_leaves_the_earlier_sample_and_no_leftovers(quick, tmp_path, monkeypatch):
    out = tmp_path / "kept"
    sampling.write_samples(out, scale=SMALL)
    before = files(out)
    from bank_marketing.sampling import churn as sample

    def fail(folder: Path, *, scale: float, seed: int) -> dict[str, int]:
        (folder / "raw_churn_customers.csv").write_text("half a file")
        raise GeneratorError

    monkeypatch.setattr(sample, "write_sample", fail)
    with pytest.raises(GeneratorError):
        sampling.write_samples(out, scale=SMALL, seed=5)
    assert files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "kept_truth.json"]


def test_truth_lies_beside_the_folder_and_names_seed_scale_and_every_domain(small):
    truth = json.loads((small.parent / "small_truth.json").read_text(encoding="utf-8"))
    assert truth["seed"] == sampling.DEFAULT_SEED and truth["scale"] == SMALL
    assert set(truth) == {"seed", "scale", *DOMAINS}
    assert not list(small.rglob("*.json"))


def test_other_files_in_the_folder_stay(quick, tmp_path):
    (tmp_path / "out" / "churn").mkdir(parents=True)
    own = tmp_path / "out" / "churn" / "raw_retention_outcomes.csv"
    own.write_text("customer_id\n")
    sampling.write_samples(tmp_path / "out", scale=SMALL)
    assert own.read_text() == "customer_id\n"


def test_a_banks_own_files_are_laid_with_the_header_that_their_format_wants(small):
    formats = {f"{f.domain}/{f.file_name}": f for f in read_formats(ROOT / "seeds" / "formats")}
    laid = {name for name, seed_format in formats.items() if seed_format.may_be_empty}
    assert laid == set(sampling.BANKS_OWN_FILES)
    for name in laid:
        header = (small / name).read_text().removesuffix("\n").split(",")
        assert set(formats[name].required_headers) <= set(header) <= set(formats[name].headers)


def test_command_line_writes_where_it_is_told(tmp_path, small):
    parser = argparse.ArgumentParser()
    sampling.add_arguments(parser)
    args = parser.parse_args(["--scale", str(SMALL), "--out", str(tmp_path / "made")])
    assert sampling.run(args) == 0
    assert files(tmp_path / "made") == files(small)


def test_what_a_killed_run_left_is_swept_by_the_next(quick, tmp_path):
    left = tmp_path / ".out.unfinished" / "churn"
    left.mkdir(parents=True)
    sampling.write_samples(tmp_path / "out", scale=SMALL)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out_truth.json"]


def test_files_that_are_no_sample_are_never_replaced(quick, tmp_path):
    own = tmp_path / "out" / "churn" / "raw_churn_customers.csv"
    own.parent.mkdir(parents=True)
    own.write_text("CustomerId\n1\n")
    with pytest.raises(UserError, match="raw_churn_customers\\.csv is there"):
        sampling.write_samples(tmp_path / "out", scale=SMALL)
    assert own.read_text() == "CustomerId\n1\n"


@pytest.mark.parametrize("out", ["/", "file", "file/below"])
def test_a_place_that_is_no_folder_is_refused(tmp_path, out):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="expected a folder"):
        sampling.write_samples(tmp_path / out, scale=SMALL)


def test_the_truth_lies_beside_the_current_folder_too(quick, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    sampling.write_samples(Path(), scale=SMALL)
    assert (tmp_path / "here_truth.json").exists() and (tmp_path / "here" / "sales").is_dir()


@pytest.mark.parametrize(("scale", "rows"), [(1e-9, 200), (3, 300), (1e308, 1_000)])
def test_no_scale_outgrows_the_real_file(scale, rows):
    assert rows_at_scale(scale, at_one=100, real=1_000) == rows


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_a_scale_that_makes_no_sense_is_refused(tmp_path, scale):
    with pytest.raises(UserError, match="--scale"):
        sampling.write_samples(tmp_path / "out", scale=scale)
    assert not (tmp_path / "out").exists()
