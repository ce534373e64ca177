"""What the importer does with files that are made to harm, and when it is interrupted."""

import errno
import fcntl
import io
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from importing_files import KAGGLE_FORMATS as FORMATS
from importing_files import files
from project_copies import REPOSITORY

from bank_marketing import cli
from bank_marketing.errors import UserError
from bank_marketing.importing.command import import_files
from bank_marketing.importing.placing import move_into_place
from bank_marketing.importing.staging import staging_folder
from bank_marketing.seeds.seed_folders import domains_with_files

pytestmark = pytest.mark.slow

CHURN, TAXES = FORMATS["raw_churn_customers"], FORMATS["raw_product_taxes"]
SAMPLE = CHURN.path_in(REPOSITORY / "seeds" / "sample").read_text()
GIGABYTE = 1 << 30
# Python, DuckDB and a gigabyte's hundredth part.
MOST_MEMORY = 400_000_000


def import_in_little_memory(seeds: Path, path: Path) -> str:
    """Import in a process of its own that may not have more memory than this, and return what it says."""
    script = (
        "import re, sys; from pathlib import Path\n"
        "from bank_marketing.seeds.formats import read_formats\n"
        "from bank_marketing.importing.command import import_files\n"
        "seeds, path = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "try: import_files([path], seeds, read_formats(seeds.parent / 'formats'))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        # Not ru_maxrss, which a process inherits from the one that started it.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())\n"
        "print('peak', int(peak[1]) * 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(seeds), str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )
    message, peak = done.stdout.rsplit("peak", 1)
    assert int(peak) < MOST_MEMORY
    return message


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in kilobytes on Linux")
@pytest.mark.parametrize("lines_before", [0, 5])
def test_a_line_of_a_gigabyte_is_refused_in_little_memory(seeds, tmp_path, lines_before):
    path = tmp_path / "churn.csv"
    path.write_text("\n".join(SAMPLE.splitlines()[: lines_before + 1]) + "\n1,2,")
    os.truncate(path, GIGABYTE)
    message = import_in_little_memory(seeds, path)
    assert "UserError" in message
    assert f"line {lines_before + 2}: it is longer than" in message


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in kilobytes on Linux")
def test_a_header_of_a_gigabyte_is_refused_in_little_memory(seeds, tmp_path):
    path = tmp_path / "churn.csv"
    path.write_text("RowNumber,CustomerId")
    os.truncate(path, GIGABYTE)
    assert "none of the raw files has these columns" in import_in_little_memory(seeds, path)


def workbook_with(member: str, content: bytes) -> bytes:
    """Return a workbook one part of which is replaced."""
    import openpyxl

    book, stream, harmful = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["Product_Category", "GST"])
    book.active.append(["Apparel", 0.1])
    book.save(stream)
    with (
        zipfile.ZipFile(stream) as source,
        zipfile.ZipFile(harmful, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, content if name == member else source.read(name))
    return harmful.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<worksheet>" + b" " * 50_000_000, "would unpack from"),
        (b"<worksheet>" + os.urandom(6_000_000).hex().encode(), "a text of over"),
    ],
    ids=["blanks", "one text"],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(seeds, tmp_path, content, words):
    path = tmp_path / "Tax_amount.xlsx"
    path.write_bytes(workbook_with("xl/worksheets/sheet1.xml", content))
    with pytest.raises(UserError, match=words):
        import_files([path], seeds, list(FORMATS.values()))
    assert not any(entry.is_file() for entry in seeds.rglob("*"))


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted in kilobytes on Linux")
@pytest.mark.parametrize(
    ("start", "line"),
    [('1,2,"', "x" * 99), ("", "9,15700000,Short,600,France,Male,30")],
    ids=["quote", "short"],
)
def test_more_bad_lines_than_memory_holds_are_refused(seeds, tmp_path, start, line):
    path = tmp_path / "Customer-Churn-Records.csv"
    path.write_text(SAMPLE[: SAMPLE.index("\n", 2_000) + 1] + start + f"{line}\n" * 400_000)
    message = import_in_little_memory(seeds, path)
    assert "lines don't have 18 values, or a quotation mark opens and doesn't close" in message
    assert not list(seeds.iterdir())


def test_a_name_without_end_does_not_fill_the_message(seeds, tmp_path):
    (tmp_path / "numbers.csv").write_text("0" * 10_000)
    with pytest.raises(UserError, match="none of the raw files has these columns") as refusal:
        import_files([tmp_path / "numbers.csv"], seeds, list(FORMATS.values()))
    assert len(str(refusal.value)) < 1_000


def test_a_move_that_fails_takes_back_the_moves_before_it(seeds, tmp_path, monkeypatch):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    churn = downloads / "churn.csv"
    churn.write_text(SAMPLE)
    import_files([churn], seeds, list(FORMATS.values()))
    before = files(seeds)

    (downloads / "taxes.csv").write_text("Product_Category,GST\nApparel,0.1\n")
    churn.rename(downloads / "renamed.csv")
    replace = Path.replace

    def fail_on_taxes(path: Path, target: Path) -> Path:
        if Path(target).name == TAXES.file_name:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_on_taxes)
    with pytest.raises(KeyboardInterrupt):
        import_files([downloads], seeds, list(FORMATS.values()))
    assert files(seeds) == before
    assert sorted(path.name for path in seeds.parent.iterdir()) == ["formats", "kaggle"]


def test_a_folder_that_cannot_be_written_is_named_in_a_sentence(monkeypatch, capsys):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "seeds/kaggle")

    monkeypatch.setattr("bank_marketing.importing.command.import_files", refuse)
    assert cli.main(["import-kaggle", "downloads"]) == 1
    assert (
        "seeds/kaggle: it can't be read or written here (Permission denied). See to"
        in capsys.readouterr().err
    )


def start_import(seed_folder: Path) -> subprocess.Popen:
    """Start an import that never ends, and return when it holds its folder."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from bank_marketing.importing.staging import staging_folder\n"
        "with staging_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half.csv').write_text('half')\n"
        "    print('ready', flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(seed_folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def leftovers(seeds: Path) -> list[str]:
    return sorted(path.name for path in seeds.parent.glob(".import-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_import_that_is_told_to_end_leaves_nothing(seeds, number):
    process = start_import(seeds)
    assert leftovers(seeds) == [".import-kaggle", ".import-kaggle.lock"]
    process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert leftovers(seeds) == []


def test_an_import_sweeps_what_killed_ones_left_and_spares_living_ones(seeds, tmp_path):
    living = start_import(seeds.with_name("living"))
    try:
        of_living = leftovers(seeds)
        for killed in (start_import(seeds.with_name("killed")), start_import(seeds)):
            killed.kill()
            killed.wait(60)
        assert len(leftovers(seeds)) == 6
        (tmp_path / "churn.csv").write_text(SAMPLE)
        import_files([tmp_path / "churn.csv"], seeds, list(FORMATS.values()))
        assert leftovers(seeds) == of_living
    finally:
        living.kill()
        living.wait(60)


def start(seeds: Path, *words: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "bank_marketing.cli", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=seeds.parents[1],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )


def test_a_second_import_waits_and_reads_the_keys_that_the_first_has_numbered(seeds, tmp_path):
    shutil.copy(REPOSITORY / "dbt_project.yml", seeds.parents[1])
    (tmp_path / "export.csv").write_text("k,g,l,t\nK2,M,Chicago,12\nK1,F,Ohio,3\n")
    (tmp_path / "mapping.yaml").write_text(
        "columns: {CustomerID: {column: k, numbered: true}, Gender: {column: g}, Location: {column: l},"
        " Tenure_Months: {column: t}}"
    )
    keys = seeds.with_name("own") / "sales" / "customer_keys.tsv"
    words = ["--as", "raw_retail_customers", "--mapping", tmp_path / "mapping.yaml", "--seed-set", "own"]
    with staging_folder(seeds.with_name("own")):
        second = start(seeds, "import", tmp_path / "export.csv", *words)
        assert second.stderr is not None
        assert second.stderr.readline() == "Waiting for another import into seeds/own to end ...\n"
        keys.parent.mkdir(parents=True)
        keys.write_text("number\tkey\n1\tK1\n")
    assert second.communicate(timeout=60)[1] == ""
    assert keys.read_text() == "number\tkey\n1\tK1\n2\tK2\n"
    made = (keys.parent / "raw_retail_customers.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in made] == ["CustomerID", "2", "1"]
    assert leftovers(seeds) == []


def test_an_import_of_kaggle_files_waits_too(seeds, tmp_path):
    shutil.copy(REPOSITORY / "dbt_project.yml", seeds.parents[1])
    (tmp_path / "churn.csv").write_text(SAMPLE)
    with staging_folder(seeds):
        second = start(seeds, "import-kaggle", tmp_path / "churn.csv")
        assert second.stderr is not None
        assert second.stderr.readline() == "Waiting for another import into seeds/kaggle to end ...\n"
        assert not CHURN.path_in(seeds).exists()
    assert second.wait(60) == 0
    assert CHURN.path_in(seeds).exists()


def test_a_file_system_without_locks_is_named_in_a_sentence(seeds, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(UserError, match=r"seeds: its file system can't lock a file \(No locks available\)"):
        import_files([REPOSITORY / "seeds"], seeds, list(FORMATS.values()))


TWO = [FORMATS[name].path_in(Path()) for name in ("raw_cards", "raw_bank_customers")]
COMMAND = ".venv/bin/bank-marketing import-kaggle downloads"


def lay(folder: Path, words: str, names: list[Path] = TWO) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"header\n{words}\n")
    return folder


def kill_a_move(seeds: Path, at: int) -> None:
    """Move two new files over two old ones, in a process that dies after so many renames."""
    script = (
        "import os, sys; from pathlib import Path\n"
        "from bank_marketing.importing.placing import move_into_place\n"
        "real, left = Path.replace, [int(sys.argv[1])]\n"
        "def replace(source, target):\n"
        "    real(source, target); left[0] -= 1\n"
        "    if not left[0]: os._exit(9)\n"
        "Path.replace = replace\n"
        "move_into_place(Path(sys.argv[2]), Path(sys.argv[3]), [*map(Path, sys.argv[5:])], sys.argv[4])\n"
    )
    staging = lay(seeds.parent / "staging", "new")
    command = [sys.executable, "-c", script, str(at), staging, seeds, COMMAND, *TWO]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")})
    assert done.returncode == 9
    shutil.rmtree(staging)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_domain_that_a_killed_import_left_is_not_built_until_all_of_it_is_there(seeds, at):
    lay(seeds, "old")
    kill_a_move(seeds, at)
    texts = [(seeds / name).read_text().splitlines()[1] for name in TWO]
    assert texts == (["new"] * (at - 1) + ["old", "old"])[:2]
    (lacking,) = [text for text in domains_with_files(seeds)["transactions"] if " " in text]
    assert lacking == f"the rest of an interrupted import (run it again: {COMMAND})"

    staging = lay(seeds.parent / "a part", "other", TWO[:1])
    with pytest.raises(UserError, match=f"raw_bank_customers.csv may not belong .* first: {COMMAND}"):
        move_into_place(staging, seeds, TWO[:1])
    assert (seeds / TWO[0]).read_text().splitlines()[1] == texts[0]

    move_into_place(lay(seeds.parent / "again", "new"), seeds, TWO, COMMAND)
    assert [(seeds / name).read_text() for name in TWO] == ["header\nnew\n"] * 2
    assert not [text for text in domains_with_files(seeds)["transactions"] if " " in text]


def test_a_move_that_fails_after_a_killed_one_leaves_the_domain_marked(seeds, monkeypatch):
    lay(seeds, "old")
    kill_a_move(seeds, 2)
    before = files(seeds)
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if Path(target).name == TWO[1].name:
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        move_into_place(lay(seeds.parent / "again", "new"), seeds, TWO, "another command")
    assert files(seeds) == before


def test_a_file_that_can_be_given_no_second_name_stays(seeds, monkeypatch):
    lay(seeds, "old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="No space left"):
        move_into_place(lay(seeds.parent / "staging", "new"), seeds, TWO, COMMAND)
    assert [(seeds / name).read_text() for name in TWO] == ["header\nold\n"] * 2
    assert len(files(seeds)) == 2


def test_an_interrupted_import_says_by_which_words_it_is_run_again(seeds, tmp_path, monkeypatch):
    downloads = tmp_path / "my downloads"
    downloads.mkdir()
    for name in ("raw_cards", "raw_bank_customers"):
        shutil.copy(FORMATS[name].path_in(REPOSITORY / "seeds" / "sample"), downloads)
    said = []
    monkeypatch.setattr(
        "bank_marketing.importing.command.move_into_place", lambda *moved: said.append(moved[3])
    )
    monkeypatch.chdir(tmp_path)
    import_files([Path("my downloads")], seeds, list(FORMATS.values()), copy=True)
    assert shlex.split(said[0]) == [*COMMAND.split()[:2], "--copy", str(downloads)]


def test_output_that_nobody_reads_to_its_end_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "bank_marketing.cli", "formats"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )
    assert process.stdout is not None
    process.stdout.close()  # before anything is written, as `| true` does
    assert process.communicate()[1] == b""
    assert process.returncode == 128 + signal.SIGPIPE


def test_raw_files_that_an_import_wrote_are_private_and_a_file_of_the_users_stays_as_it_is(tmp_path, seeds):
    users = tmp_path / "churn.csv"
    users.write_text("CustomerId\n1\n")
    users.chmod(0o640)
    staging = tmp_path / "staging"
    (staging / "churn").mkdir(parents=True)
    (staging / "churn" / "raw_churn_customers.csv").symlink_to(users)
    (staging / "churn" / "raw_retention_outcomes.csv").write_text("CustomerId\n1\n")
    names = [Path("churn/raw_churn_customers.csv"), Path("churn/raw_retention_outcomes.csv")]

    move_into_place(staging, seeds, names, COMMAND)

    modes = [stat.S_IMODE((seeds / name).stat().st_mode) for name in names]
    assert modes == [0o640, 0o600]
