"""`bank-marketing build`: dbt build for the domains whose files are there, then what to look at next."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import duckdb
from yaml import YAMLError

from bank_marketing.errors import UserError
from bank_marketing.project import PROGRAM, project_folder, seed_set
from bank_marketing.seeds.encoding import refuse_other_encodings
from bank_marketing.seeds.formats import read_formats, read_yaml
from bank_marketing.seeds.seed_folders import domains_with_files, lay_placeholders, refuse_unknown_parts
from bank_marketing.warehouse.build_inputs import Inputs, changes, inputs, note, read_noted
from bank_marketing.warehouse.files import (
    check_files,
    failure_reason,
    only_build,
    published_problem,
    size_of,
    state_of,
    sweep,
    text_since,
)
from bank_marketing.warehouse.list_models import named
from bank_marketing.warehouse.progress import run_dbt

# From where profiles.yml takes the path of the working file, if not from the seed set.
WORKING_FILE = "BANK_MARKETING_WORKING_FILE"
# Its default is an expression: it depends on the seed set.
UNDECLARED = ("depth",)
# Of what changed since the last publication.
MOST_NAMED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own words to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser of ``build``.
    """
    parser.add_argument("-v", "--verbose", action="store_true", help="show all that dbt says, line by line")
    parser.add_argument(
        "dbt_arguments",
        nargs="*",
        metavar="-- DBT_ARGUMENT",
        help="passed on to dbt build, which then runs whatever changed, for example: -- --full-refresh",
    )


def run(args: argparse.Namespace) -> int:
    """Build and publish what can be built.

    Parameters
    ----------
    args : argparse.Namespace
        dbt_arguments, verbose.

    Returns
    -------
    int
        dbt's exit status.

    Raises
    ------
    UserError
        If no domain has all its files, dbt couldn't read one of them, a var has no such name, or something is
        the matter with the files of the warehouse.
    """
    project = project_folder()
    refuse_unknown_vars(project, args.dbt_arguments)
    chosen = seed_set()
    seeds = project / "seeds" / chosen
    missing = domains_with_files(seeds)
    domains = [domain for domain, files in missing.items() if not files]
    for domain, files in missing.items():
        if files:
            print(f"Left out: {domain}, since seeds/{chosen}/{domain} lacks {', '.join(files)}", flush=True)
    if seeds.is_dir():
        # dbt reads the project only when every seed it refers to has a file.
        formats = read_formats(project / "seeds" / "formats")
        refuse_unknown_parts(seeds, formats)
        lay_placeholders(seeds, formats)
    if not domains:
        raise UserError(
            f"seeds/{chosen} has no domain with all its files. "
            f"Import Kaggle's files with: {PROGRAM} import-kaggle PATH, or a bank's own with:"
            f" {PROGRAM} import FILE --as NAME --mapping YAML"
        )
    working, published = (project / "warehouse" / f"{chosen}{end}.duckdb" for end in ("_build", ""))
    refuse_other_encodings([seeds, project / "seeds" / "reference"])
    with only_build(working):
        arguments = [*_selection(domains, missing), *args.dbt_arguments]
        now = None
        if not args.dbt_arguments:
            earlier = read_noted(working, published)
            now = inputs(project, chosen, published, arguments, earlier)
            if earlier and not published_problem(published):
                if not (changed := changes(earlier, now)):
                    # A file that was only touched isn't read again the next time.
                    note(now, working, published)
                    print(_nothing_changed(published) + _next_steps(project, chosen, domains))
                    return 0
                print(f"Changed since the last publication: {_some(changed, project)}", flush=True)
        check_files(working, published)
        sweep(published)
        return _build(project, chosen, domains, arguments, now, is_verbose=args.verbose)


def refuse_unknown_vars(project: Path, arguments: Sequence[str]) -> None:
    """Refuse vars that nothing reads: dbt would build as if nothing had been stated.

    Parameters
    ----------
    project : Path
        Where dbt_project.yml is.
    arguments : sequence of str
        For dbt.

    Raises
    ------
    UserError
        If a var is unknown, with those that come near.
    """
    texts = [word.removeprefix("--vars=") for word in arguments if word.startswith("--vars=")]
    texts += [text for word, text in pairwise(arguments) if word == "--vars"]
    for text in texts:
        declared = read_yaml((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
        try:
            stated = read_yaml(text)
        except YAMLError:
            continue  # dbt says what is wrong.
        for name in stated if isinstance(stated, Mapping) else ():
            named(str(name), [*declared, *UNDECLARED], "var")


def _nothing_changed(published: Path) -> str:
    since = datetime.fromtimestamp(published.stat().st_mtime, UTC)
    return (
        f"Nothing was built, since nothing has changed since the publication of {since:%Y-%m-%d %H:%M} UTC:"
        " files, project, packages, vars, day, exports.\n"
        f"To build all the same: {PROGRAM} build -- --full-refresh\n"
    )


def _some(changed: Sequence[str], project: Path) -> str:
    names = [name.removeprefix(f"{project}{os.sep}") for name in changed[:MOST_NAMED]]
    more = len(changed) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _selection(domains: list[str], missing: dict[str, list[str]]) -> list[str]:
    return ["--select", *(f"{domain}+" for domain in domains)] if len(domains) < len(missing) else []


def _build(
    project: Path,
    chosen: str,
    domains: list[str],
    arguments: list[str],
    built_from: Inputs | None,
    *,
    is_verbose: bool,
) -> int:
    """Run dbt, say what came of it, and note what a publication was built from."""
    working, published = (project / "warehouse" / f"{chosen}{end}.duckdb" for end in ("_build", ""))
    log = project / "logs" / "dbt.log"
    said_before, state_before = size_of(log), state_of(published)
    # Unit tests are about the SQL, on rows of their own: `make test` and plain `dbt build` run them.
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--exclude-resource-type", "unit_test"]
    command += arguments
    code = run_dbt(command, folder=project, environment=_environment(chosen), is_verbose=is_verbose)
    if code == 0:
        is_published = state_of(published) != state_before
        if is_published and built_from:
            note(built_from, working, published)
        if is_published and (said := refits(published)):
            print(f"\n{said}")
        print(_next_steps(project, chosen, domains))
        return code
    reason = failure_reason(text_since(log, said_before), working, published)
    outcome = "is as it was" if state_of(published) == state_before else "was published"
    print(
        f"\nThe build failed; warehouse/{chosen}.duckdb {outcome}."
        f" {reason or 'The errors above say what to mend.'}",
        file=sys.stderr,
    )
    return code


def refits(published: Path) -> str | None:
    """Name in one line the models of a published file that were refitted since the publication before.

    Parameters
    ----------
    published : Path
        The published file; only read.

    Returns
    -------
    str or None
        None if no model that had a version before has another. First fits aren't named.
    """
    with duckdb.connect(str(published), read_only=True) as connection:
        newest = connection.execute(
            "select model_name, model_version, earlier_params not like '%fitted_with%' from ("
            " select model_name, model_version, fitted_at,"
            " lag(params) over (partition by model_name order by model_version) as earlier_params"
            " from evaluation.model_registry) where earlier_params is not null and fitted_at > ("
            "select published_at from operations.publications order by version desc limit 1 offset 1)"
            " order by model_name",
        ).fetchall()
    if not newest:
        return None
    is_of_earlier_release = all(row[2] for row in newest)
    why = " (each once: earlier releases didn't note by what they fitted)" if is_of_earlier_release else ""
    return f"Refitted{why}: " + ", ".join(f"{name} (version {number})" for name, number, _ in newest)


def _environment(chosen: str) -> dict[str, str]:
    """Let dbt find this environment's commands and the seed set's working file, whatever the shell has."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {name: value for name, value in os.environ.items() if name != WORKING_FILE}
    return {**kept, "SEED_SET": chosen, "PATH": path}


def _next_steps(project: Path, chosen: str, domains: list[str]) -> str:
    where = Path("warehouse") / f"{chosen}.duckdb"
    prefix = "" if chosen == "sample" else f"SEED_SET={chosen} "
    first = {
        "campaigns": "select * from campaigns.campaign_performance order by conversion_rate desc",
        "transactions": "select * from transactions.customer_transaction_summaries limit 10",
        "sales": "select * from sales.sales_performance_monthly order by 1",
        "churn": "select * from churn.churn_scores where expected_remaining_years is not null"
        " order by churn_probability desc limit 10",
    }
    return (
        f"\nThe result is in {where} ({project / where}), open it with any DuckDB client.\n"
        "Next:\n"
        f"  {prefix}.venv/bin/bank-marketing status     what is in it, from which data, what was rejected\n"
        f"  {prefix}make dashboard                      whom to contact this week and why, in a browser\n"
        f"  {prefix}make docs                           every table and column explained, one HTML file\n"
        f"  .venv/bin/python -c \"import duckdb; duckdb.connect('{where}', read_only=True)"
        f".sql('{first[domains[0]]}').show()\""
    )
