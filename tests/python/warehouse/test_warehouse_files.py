"""What is the matter with a warehouse's two files is said in one sentence, before anything is written."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from bank_marketing.errors import UserError
from bank_marketing.serving.published_file import foreign_log
from bank_marketing.warehouse import files as warehouse_files
from bank_marketing.warehouse.files import (
    check_files,
    failure_reason,
    only_build,
    published_problem,
)

pytestmark = pytest.mark.slow

# Opens a file for writing, says so, and waits to be killed.
WRITER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute(sys.argv[2])
print("open", flush=True)
time.sleep(60)
"""


def warehouse(folder: Path) -> tuple[Path, Path]:
    """Make a working file and a published one of some rows."""
    working, published = folder / "sample_build.duckdb", folder / "sample.duckdb"
    for file, table in (
        (working, "operations_private.publication_log"),
        (published, "operations.publications"),
    ):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file}' as made (storage_version 'v1.2.0')")
            connection.execute(f"create schema made.{table.split('.')[0]}")
            connection.execute(
                f"create table made.{table} as select range as version, hash(range) as digest,"
                " md5(range::text) as text from range(200000)"
            )
    return working, published


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return warehouse(tmp_path)


def kill_writer(file: Path, statement: str) -> None:
    """Change a file in another process and kill that, so that its log stays."""
    with writer(file, statement) as process:
        process.kill()


def writer(file: Path, statement: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(file), statement]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "open\n"
    return process


def said(working: Path, published: Path) -> str:
    with pytest.raises(UserError) as error:
        check_files(working, published)
    message = str(error.value)
    assert "\n" not in message
    return message


def overwrite(file: Path, at: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def make_newer(file: Path) -> None:
    """Make a file that a later DuckDB might have written: another version with its checksum."""
    overwrite(file, 12, (9999).to_bytes(8, "little"))
    with pytest.raises(duckdb.Error) as error, duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as newer (read_only)")
    found = re.search(r"computed checksum (\d+)", str(error.value))
    assert found
    overwrite(file, 0, int(found[1]).to_bytes(8, "little"))


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_foreign(file: Path) -> None:
    file.unlink()
    with duckdb.connect(str(file)) as connection:
        connection.execute("create view somebodys as select 1 as number")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no database": (lambda f: f.write_text("customer,amount\n1,2\n" * 100), "no DuckDB file"),
    "of SQLite": (lambda f: f.write_bytes(b"SQLite format 3\0" + bytes(9000)), "no DuckDB file"),
    "one byte": (lambda f: f.write_bytes(b"x"), "no DuckDB file"),
    "cut in the headers": (lambda f: os.truncate(f, 6000), "damaged"),
    "cut in the middle": (lambda f: os.truncate(f, f.stat().st_size // 2), "damaged"),
    "cut at the end": (lambda f: os.truncate(f, f.stat().st_size - 9), "damaged"),
    "header overwritten": (lambda f: overwrite(f, 4096, b"x" * 9000), "damaged"),
    "of a newer DuckDB": (make_newer, "newer DuckDB"),
    "of somebody": (make_foreign, "Move it away"),
    "a folder": (make_folder, "a folder stands"),
}


def test_whole_files_and_none_at_all_pass(files, tmp_path):
    check_files(*files)
    check_files(tmp_path / "none" / "x_build.duckdb", tmp_path / "none" / "x.duckdb")


@pytest.mark.parametrize("which", ["working", "published"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_no_build_can_use_is_named_with_what_to_do(files, which, damage):
    file = files[which == "published"]
    make, words = DAMAGES[damage]
    make(file)

    message = said(*files)

    assert message.startswith(f"{file}: ") and words in message
    assert "Move" in message


def test_damage_in_the_middle_of_the_published_file_is_found_before_the_build(files):
    # Every second block, since some hold nothing.
    for at in range(12288 + 262144, files[1].stat().st_size, 262144):
        overwrite(files[1], at + 5000, b"x" * 50)
    message = said(*files)
    assert message.startswith(f"{files[1]}: it is damaged") and "whole copy" in message


def test_a_working_file_without_a_byte_is_what_a_killed_build_left(files):
    files[0].write_bytes(b"")
    check_files(*files)
    assert not files[0].exists()


def test_a_log_beside_the_published_file_is_found_before_anything_reads_it(files):
    kill_writer(files[1], "delete from operations.publications where version < 1000")
    log = files[1].with_name("sample.duckdb.wal")
    assert foreign_log(files[1]) == log
    message = said(*files)
    assert str(log) in message and "Move the log away" in message
    log.unlink()
    check_files(*files)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{files[1]}' as published (read_only)")
        rows = connection.execute("select count(*) from published.operations.publications").fetchall()
    assert rows == [(200_000,)]


@pytest.mark.parametrize("beside", ["link", "target"])
def test_a_log_beside_a_link_or_its_target_is_found(files, tmp_path, beside):
    target = tmp_path / "elsewhere" / "bank.duckdb"
    target.parent.mkdir()
    files[1].rename(target)
    files[1].symlink_to(target)
    check_files(*files)
    log = {"link": files[1], "target": target}[beside]
    log.with_name(log.name + ".wal").write_bytes(b"log")
    assert f"{log}.wal" in said(*files)


def test_a_link_that_leads_nowhere_is_named(files, tmp_path):
    files[1].unlink()
    files[1].symlink_to(tmp_path / "gone" / "bank.duckdb")
    assert "the link leads nowhere" in said(*files)
    files[1].unlink()
    files[1].symlink_to(files[1])
    assert "the link leads nowhere" in said(*files)


def test_a_link_in_the_place_of_the_working_file_that_leads_nowhere_is_named(files, tmp_path):
    files[0].unlink()
    files[0].symlink_to(tmp_path / "unmounted" / "build.duckdb")
    assert "the link leads nowhere" in said(*files)


def test_a_folder_where_a_publication_is_made_is_named(files):
    _, published = files
    published.with_name(f"{published.name}.unfinished").mkdir()
    with pytest.raises(UserError, match="a folder stands where a publication is made"):
        warehouse_files.sweep(published)


@pytest.mark.parametrize("which", ["working", "published"])
def test_a_file_that_somebody_has_open_is_named_with_the_process(files, which):
    file = files[which == "published"]
    with writer(file, "select 1") as process:
        message = said(*files)
        process.kill()
    assert message.startswith(f"{file}: another process has it open") and f"PID {process.pid}" in message


def test_one_build_at_a_time(files):
    refused = pytest.raises(UserError, match="another build is under way")
    with only_build(files[0]), refused, only_build(files[0]):
        pass
    with only_build(files[0]):
        pass


def test_a_folder_that_takes_no_file_is_named(files, monkeypatch):
    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(warehouse_files.tempfile, "TemporaryFile", refuse)
    assert said(*files).startswith(f"{files[0].parent}: no file can be written there (Read-only file system)")


def test_a_disk_without_room_for_a_publication_is_named(files, monkeypatch):
    usage = shutil.disk_usage(files[0].parent)._replace(free=files[1].stat().st_size)
    monkeypatch.setattr(warehouse_files.shutil, "disk_usage", lambda _: usage)
    assert re.search(r"the disk has \d+ MB left.*Make room", said(*files))


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ('IO Error: Could not write file "x.wal": No space left on device', "disk became full"),
        ('IO Error: Could not set lock on file "x": Conflicting lock is held', "has it open"),
        ("Corrupt database file: computed checksum 1", "sample_build.duckdb: it is damaged"),
        ("Compilation Error: no such column", ""),
    ],
)
def test_why_dbt_failed_is_said_where_it_was_a_file(files, log, words):
    reason = failure_reason(log, *files)
    assert words in reason and bool(reason) == bool(words)


def test_publications_of_earlier_releases_are_ours(files):
    """Whatever columns they have."""
    assert published_problem(files[1], whole=True) == ""
