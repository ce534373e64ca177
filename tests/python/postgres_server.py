"""A PostgreSQL for tests: the one at 127.0.0.1:5432 where it answers, else a cluster of their own."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from services import missing

USUAL = "host=127.0.0.1 port=5432 user=postgres dbname=postgres connect_timeout=2"


@contextmanager
def server() -> Iterator[str]:
    """Yield how to connect to a server that lets databases be made."""
    try:
        psycopg.connect(USUAL).close()
    except psycopg.OperationalError:
        with own_cluster() as connection:
            yield connection
    else:
        yield USUAL


@contextmanager
def own_cluster() -> Iterator[str]:
    """Start a cluster in a temporary folder, as somebody other than root."""
    found = sorted(Path(os.sep, "usr", "lib", "postgresql").glob("*/bin/pg_ctl"))
    pg_ctl = shutil.which("pg_ctl") or (str(found[-1]) if found else None)
    if not pg_ctl:
        missing("PostgreSQL (package postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="bank-marketing-pg-"))
    as_user = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("postgres" if _exists("postgres") else "nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    run = {"check": True, "capture_output": True, "cwd": folder, **as_user}
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    try:
        subprocess.run([pg_ctl, "initdb", "-D", data, "-o", "-A trust -U postgres"], **run)
        subprocess.run(
            [pg_ctl, "start", "-w", "-D", data, "-l", folder / "log", "-o", options],
            **{**run, "capture_output": False, "stdout": subprocess.DEVNULL},
        )
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        subprocess.run([pg_ctl, "stop", "-m", "immediate", "-D", data], **{**run, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@contextmanager
def new_database(connection: str) -> Iterator[str]:
    """Make a database that is dropped afterwards; yield its URL."""
    name = f"bank_marketing_test_{uuid.uuid4().hex[:12]}"
    parts = psycopg.conninfo.conninfo_to_dict(connection)
    with psycopg.connect(connection, autocommit=True) as server:
        server.execute(f"create database {name}")
        try:
            yield (
                f"postgresql://{parts['user']}@/{name}?host={parts['host']}"
                + (f"&port={parts['port']}" if "port" in parts else "")
            )
        finally:
            server.execute(f"drop database if exists {name} with (force)")
