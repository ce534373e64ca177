"""What the importer does with files that are made to harm, and when it is interrupted."""

import errno
import io
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bank_marketing import cli
from bank_marketing.errors import UserError
from bank_marketing.formats import read_formats
from bank_marketing.importing import import_files

REPOSITORY = Path(__file__).parents[2]
FORMATS = {f.name: f for f in read_formats(REPOSITORY / "seeds" / "formats") if f.kaggle_file}
CHURN, TAXES = FORMATS["raw_churn_customers"], FORMATS["raw_product_taxes"]
SAMPLE = CHURN.path_in(REPOSITORY / "seeds" / "sample").read_text()
GIGABYTE = 1 << 30
# Python, DuckDB and a gigabyte's hundredth part.
MOST_MEMORY = 400_000_000


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "seeds" / "formats", tmp_path / "project" / "seeds" / "formats")
    folder = tmp_path / "project" / "seeds" / "kaggle"
    folder.mkdir()
    return folder


def import_in_little_memory(seeds: Path, path: Path) -> str:
    """Import in a process of its own that may not have more memory than this, and return what it says."""
    script = (
        "import re, sys; from pathlib import Path\n"
        "from bank_marketing.formats import read_formats\n"
        "from bank_marketing.importing import import_files\n"
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


def test_an_archive_of_many_small_bombs_is_not_unpacked(seeds, tmp_path):
    with zipfile.ZipFile(tmp_path / "bombs.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.csv", bytes(9_000_000))
    with pytest.raises(UserError, match="its 10 files would unpack from"):
        import_files([tmp_path / "bombs.zip"], seeds, list(FORMATS.values()))


def test_a_name_without_end_does_not_fill_the_message(seeds, tmp_path):
    (tmp_path / "numbers.csv").write_text("0" * 100_000)
    with pytest.raises(UserError, match="none of the raw files has these columns") as refusal:
        import_files([tmp_path / "numbers.csv"], seeds, list(FORMATS.values()))
    assert len(str(refusal.value)) < 1_000


def test_a_move_that_fails_takes_back_the_moves_before_it(seeds, tmp_path, monkeypatch):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    churn = downloads / "churn.csv"
    churn.write_text(SAMPLE)
    import_files([churn], seeds, list(FORMATS.values()))
    before = {path: path.readlink() if path.is_symlink() else path.read_bytes() for path in files(seeds)}

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
    after = {path: path.readlink() if path.is_symlink() else path.read_bytes() for path in files(seeds)}
    assert after == before
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


def start_import(seeds: Path) -> subprocess.Popen:
    """Start an import that never ends, and return when it holds its folder."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from bank_marketing.importing.staging import staging_folder\n"
        "with staging_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half.csv').write_text('half')\n"
        "    print('ready', flush=True); time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(seeds.parent)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def leftovers(seeds: Path) -> list[Path]:
    return list(seeds.parent.glob(".import-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_import_that_is_told_to_end_leaves_nothing(seeds, number):
    process = start_import(seeds)
    assert len(leftovers(seeds)) == 1
    process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert leftovers(seeds) == []


def test_an_import_sweeps_what_killed_ones_left_and_spares_living_ones(seeds, tmp_path):
    living = start_import(seeds)
    try:
        of_living = leftovers(seeds)
        killed = start_import(seeds)
        killed.kill()
        killed.wait(60)
        assert len(leftovers(seeds)) == 2
        (tmp_path / "churn.csv").write_text(SAMPLE)
        import_files([tmp_path / "churn.csv"], seeds, list(FORMATS.values()))
        assert leftovers(seeds) == of_living
    finally:
        living.kill()
        living.wait(60)


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


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
