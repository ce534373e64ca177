"""Runs commands in copies of the project, each in a fork of this process, which has imported what they need.

Importing dbt and the libraries of the Python models takes longer than a short build. Nothing else is shared:
a fork starts without any thread, connection or module of the project, and ends as a process of its own.

A line on standard input is a JSON object: folder, environment, command (a module and its arguments) and
output, the path without ending that standard output and error are written to. The answer is the exit code.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import inspect
import json
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

IMPORTED = (
    "dbt.cli.main",
    "dbt.adapters.duckdb",
    "lifelines",
    "openpyxl",
    "pandas",
    "scipy.stats",
    "sklearn.calibration",
    "sklearn.ensemble",
    "sklearn.mixture",
    "skops.io",
)
# What dbt holds files and nodes against; making the schemas takes a quarter of the time of reading a project.
VALIDATED = {
    "dbt.adapters.duckdb.credentials": "DuckDBCredentials",
    "dbt.artifacts.resources": "ModelConfig NodeConfig SeedConfig SourceConfig TestConfig",
    "dbt.artifacts.resources.v1.components": "Contract",
    "dbt.contracts.graph.nodes": "GenericTestNode HookNode ModelNode SeedNode SingularTestNode SnapshotNode",
    "dbt.contracts.graph.unparsed": "UnparsedGroup UnparsedModelUpdate UnparsedNodeUpdate"
    " UnparsedSourceDefinition",
    "dbt.contracts.project": "Configuration PackageConfig ProfileConfig Project ProjectFlags",
    "dbt.contracts.selection": "SelectorFile",
}
REPOSITORY = Path(__file__).parents[2]
# What dbt takes from a file of macros.
BLOCKS = {"macro", "materialization", "test", "data_test"}


def make_ready() -> None:
    """Make what each run of dbt makes at its first need: schemas, conversions, places of modules."""
    for module, names in VALIDATED.items():
        for name in names.split():
            getattr(importlib.import_module(module), name).json_schema()
    # Conversions are compiled when first called, and then refuse what is given here. No manifest may be made:
    # it would hold a lock, which forks can't share.
    manifest = importlib.import_module("dbt.contracts.graph.manifest").Manifest
    mixin = importlib.import_module("dbt_common.dataclass_schema").dbtClassMixin
    calls = [(manifest.from_msgpack, b""), (manifest.to_msgpack, object.__new__(manifest))]
    for kind in kinds(mixin, leaving_out=manifest):
        calls += [(kind.from_dict, {}), (kind.to_dict, object.__new__(kind))]
    for convert, what in calls:
        with contextlib.suppress(Exception):
            convert(what)
    inspect.stack()
    read_macros()
    make_once()


def read_macros() -> None:
    """Let dbt keep how it read the macros, as in tests of its own, and what it makes of each to run it.

    Most copies share them. It finds them by their text, so one that a test changes is read anew.
    """
    from dbt.clients import jinja_static
    from dbt.include import duckdb, global_project
    from dbt_common.clients import jinja
    from dbt_common.tests import enable_test_caching

    enable_test_caching()
    folders = [Path(package.PACKAGE_PATH) / "macros" for package in (global_project, duckdb)]
    folders += [REPOSITORY / "macros", REPOSITORY / "tests" / "generic"]
    for file in (file for folder in folders for file in folder.rglob("*.sql")):
        for block in jinja.extract_toplevel_blocks(file.read_text(), BLOCKS, collect_raw_data=False):
            jinja.parse(block.full_block)
            jinja_static.statically_extract_macro_calls(block.full_block, {})
            jinja.template_cache.get_node_template(SimpleNamespace(macro_sql=block.full_block))


def make_once() -> None:
    """Let dbt make once what it makes for each message and each result of a query, alike each time."""
    events = importlib.import_module("dbt_common.events.functions")
    events.env_secrets = functools.cache(events.env_secrets)
    results = importlib.import_module("dbt_common.clients.agate_helper")
    testers = functools.cache(results.build_type_tester)
    results.build_type_tester = lambda columns, **nulls: testers(frozenset(columns), **nulls)


def kinds(parent: type, leaving_out: type) -> Iterator[Any]:
    for kind in parent.__subclasses__():
        if kind is not leaving_out and not inspect.isabstract(kind):
            yield kind
        yield from kinds(kind, leaving_out)


def serve() -> dict | None:
    """Answer requests; return one in the process that is to run it, nothing when there are no more."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            return json.loads(line)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def run(request: dict) -> None:
    for stream, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["output"] + ".out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, request["output"] + ".err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(path, flags), stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    # As PYTHONPATH and `python -m` would have it.
    sys.path[:0] = [request["folder"], *os.environ["PYTHONPATH"].split(os.pathsep)]
    subprocess.Popen = Forked  # type: ignore[misc]
    module, *sys.argv[1:] = request["command"]
    run_and_end(module)


def run_and_end(module: str) -> NoReturn:
    """Run a module as `python -m` does, and end the process without taking apart all that it imported."""
    code = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        else:
            code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        # dbt closes its file then.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Forked(subprocess.Popen):
    """Runs dbt, where a command starts it, in a fork of the command's process, which has imported it, too."""

    def __init__(self, words: Sequence[str], *, env: Mapping[str, str] | None = None, **options: Any) -> None:
        if Path(words[0]).name == "dbt":
            sys.stdout.flush()
            options["preexec_fn"] = lambda: become_dbt(words, env or os.environ)
        super().__init__(words, env=env, **options)


def become_dbt(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run dbt with these words and end the process, instead of what `Popen` would do next: run a program."""
    try:
        # As that program would find it. One of them tells `Popen` that it runs.
        os.closerange(3, 1024)
        environment = dict(environment)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[1:] = words[1:]
        run_and_end("dbt.cli.main")
    finally:
        os._exit(1)


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(name)
    make_ready()
    # Looking for garbage takes a fork longer than what it finds is worth, since it ends soon.
    gc.collect()
    gc.disable()
    # Nor does its last look, which would copy all that the fork shares with this process.
    gc.freeze()
    request = serve()
    if request:
        run(request)
