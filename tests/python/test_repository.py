"""What must hold for the checkout as a whole: sizes, lengths, what is tracked, what make offers."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from bank_marketing.project import DOMAINS
from bank_marketing.seeds.formats import read_formats, read_yaml

REPOSITORY = Path(__file__).parents[2]
# Of these the raw files of the sample take 9.7 million.
MAX_TRACKED_BYTES = 15_500_000

# Written so that this file doesn't match itself.
UNPORTABLE = {
    "absolute path": r"(?<![\w.~}\])/-])/(?:work|home|root|Users|tmp|opt|usr|mnt|srv)/(?!bin/env\b)\w",
    "package registry": r"(?:pypi[.]org|pythonhosted[.]org|npmjs[.]org|anaconda[.]org|hub[.]getdbt[.]com)",
    "download address": r"https?://[^\s\"'<>)]+[.](?:zip|gz|tar|whl|csv|xlsx|parquet|json|exe)\b|datasets/download[/]",
}

# What is called otherwise: insufficient data, rejected, placeholder.
FORMER_TERMS = re.compile("too little data|put aside|stand-in", re.IGNORECASE)


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True)


def tracked_files() -> list[Path]:
    names = git("ls-files", "-z").stdout.split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


def pins(lock: str) -> set[str]:
    lines = (REPOSITORY / lock).read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def make_targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert phony
    return set(phony.group(1).split())


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        ("models/**/*.sql", 100),
        ("python_models/**/*.py", 30),
        ("macros/**/*.sql", 60),
        ("tests/generic/*.sql", 60),
    ],
)
def test_no_model_or_macro_is_too_long_to_be_read_in_one_go(pattern: str, limit: int) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in REPOSITORY.glob(pattern)}
    assert [f"{path.relative_to(REPOSITORY)}: {n} lines" for path, n in lengths.items() if n > limit] == []


def test_what_packages_read_is_installed_with_them() -> None:
    stated = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packages = {REPOSITORY / "src" / name.replace(".", "/"): patterns for name, patterns in stated.items()}
    installed = {
        file for folder, patterns in packages.items() for one in patterns for file in folder.glob(one)
    }
    data = {
        file for file in tracked_files() if file.is_relative_to(REPOSITORY / "src") and file.suffix != ".py"
    }
    assert data - installed == set()


def described(file: Path) -> list[str]:
    return [entry["name"] for entry in read_yaml(file.read_text()).get("models", [])]


def test_each_model_is_described_in_the_yaml_beside_it_and_fits_in_one() -> None:
    models = [*REPOSITORY.glob("models/*/**/*.sql"), *REPOSITORY.glob("python_models/*/**/*.py")]
    beside = [model for model in models if model.parent.name != "fit"]
    fits = [model.stem for model in models if model.parent.name == "fit"]
    assert beside and fits
    # A score may stand in the YAML of the public model over it.
    with_public = {name for y in REPOSITORY.glob("models/*/*.yml") for name in described(y)[1:]}
    wrong = [
        model
        for model in beside
        if model.stem not in with_public
        and (not (y := model.with_suffix(".yml")).exists() or described(y)[:1] != [model.stem])
    ]
    assert [str(model.relative_to(REPOSITORY)) for model in wrong] == []
    assert sorted(described(REPOSITORY / "python_models" / "fits.yml")) == sorted(fits)


@pytest.mark.parametrize(
    ("macro", "listed"),
    [
        ("operations/domains", set(DOMAINS)),
        ("operations/depends_on_raw_seeds", {f.name for f in read_formats(REPOSITORY / "seeds" / "formats")}),
        ("evaluation/fitted_models", {file.stem for file in REPOSITORY.glob("python_models/*/fit/*.py")}),
        (
            "operations/drift_scores",
            {f.stem for f in REPOSITORY.glob("python_models/*/score/*_drift_score.py")},
        ),
        (
            "evaluation/fairness_scores",
            {file.stem for file in REPOSITORY.glob("python_models/*/score/*_fairness_score.py")},
        ),
    ],
)
def test_lists_that_dbt_needs_in_writing_are_whole(macro: str, listed: set[str]) -> None:
    text = (REPOSITORY / "macros" / f"{macro}.sql").read_text()
    assert set(re.findall(r'"(\w+)"', text)) == listed


def test_each_macro_has_a_file_of_its_own() -> None:
    declared = re.compile(r"\{%-?\s*(?:macro|test|materialization)\s+(?:\w+__)?(\w+)")
    files = [*REPOSITORY.glob("macros/**/*.sql"), *REPOSITORY.glob("tests/generic/*.sql")]
    wrong = {str(f.relative_to(REPOSITORY)): set(declared.findall(f.read_text())) - {f.stem} for f in files}
    assert {file: names for file, names in wrong.items() if names} == {}


@pytest.mark.parametrize("what", UNPORTABLE)
def test_nothing_tracked_holds_for_one_machine_or_network_only(what: str) -> None:
    pattern = re.compile(UNPORTABLE[what])
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_things_are_called_by_the_terms_of_the_field() -> None:
    found = {
        str(path.relative_to(REPOSITORY)): FORMER_TERMS.findall(path.read_text("utf-8", errors="ignore"))
        for path in tracked_files()
        if path.relative_to(REPOSITORY).parts[0]
        in ("src", "models", "python_models", "macros", "docs", "README.md")
    }
    assert {name: terms for name, terms in found.items() if terms} == {}


def test_the_root_holds_only_what_the_layout_names() -> None:
    folders = {".ci", "analyses", "app", "bench", "docs", "macros", "models", "python_models", "seeds", "src"}
    folders |= {"studies", "tests", "warehouse", "snapshots", "findings"}
    found = {path.relative_to(REPOSITORY).parts[0] for path in tracked_files()}
    assert {name for name in found if (REPOSITORY / name).is_dir()} - folders == set()


def test_the_checkout_stays_small() -> None:
    assert sum(path.stat().st_size for path in tracked_files()) < MAX_TRACKED_BYTES


@pytest.mark.parametrize(
    "name",
    [
        "seeds/kaggle/churn/raw_churn_customers.csv",
        "seeds/kaggle/sales/raw_order_lines.csv",
        "seeds/own/campaigns/raw_campaign_responses.csv",
        "seeds/another_set/churn/raw_churn_customers.csv",
        "warehouse/kaggle.duckdb",
        "warehouse/sample_build.duckdb.wal",
        "target/manifest.json",
        ".venv/bin/python",
        ".venv-bouncer/bin/python",
    ],
)
def test_real_data_and_what_is_made_stay_out_of_git(name: str) -> None:
    assert git("check-ignore", "--quiet", "--no-index", name).returncode == 0


def test_no_real_file_is_tracked() -> None:
    assert git("ls-files", "seeds/kaggle", "warehouse").stdout.split() == [
        "seeds/kaggle/.gitkeep",
        "warehouse/.gitkeep",
    ]


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make (\S+) +\w", listed, re.MULTILINE)) == make_targets()


def test_make_clean_keeps_history_and_real_files(tmp_path: Path) -> None:
    kept = [
        "Makefile",
        "warehouse/sample.duckdb",
        "seeds/kaggle/churn/raw_churn_customers.csv",
        ".venv/bin/python",
    ]
    remade = ["warehouse/sample_build.duckdb", "target/manifest.json", "src/package/__pycache__/module.pyc"]
    for name in [*kept, *remade]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((REPOSITORY / "Makefile").read_bytes())
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [name for name in kept if not (tmp_path / name).exists()] == []
    assert [name for name in remade if (tmp_path / name).exists()] == []


def test_pre_commit_runs_what_make_runs() -> None:
    config = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    assert {hook["entry"] for hook in hooks} <= {f"make {target}" for target in make_targets()}


def test_tools_for_development_leave_the_packages_of_a_build_as_they_are() -> None:
    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()
