"""``bank-marketing what-if``: what the lists would be with other vars or another lookup."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bank_marketing.errors import UserError
from bank_marketing.project import PROGRAM, project_folder, seed_set
from bank_marketing.seeds.formats import read_yaml
from bank_marketing.serving.lists import LISTS
from bank_marketing.serving.writing import refuse_output, write_scores
from bank_marketing.warehouse.list_comparison import Comparison, compare_lists
from bank_marketing.warehouse.list_models import ListModels, named, read_graph
from bank_marketing.warehouse.list_trials import Trial, Version, list_lines, sensitivity, sensitivity_lines
from bank_marketing.warehouse.scenarios import Scenarios, copy_working_file, scratch_folder

STEPS = 5
MOST_STEPS = 50
NUMBER = r"([0-9]*\.?[0-9]+)"
GRID = re.compile(rf"(\w+)={NUMBER}:{NUMBER}(?::([0-9]+))?")
# Tables about lists that are made anew with them.
ABOUT_LISTS = ("list_fairness", "budget_plan")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``what-if`` to its parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The sub-parser.
    """
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="VAR=VALUE",
        dest="stated",
        help="a var of dbt_project.yml, its value in YAML",
    )
    parser.add_argument(
        "--seed",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="in the place of the file of this name in seeds/reference",
    )
    parser.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar="VAR=FROM:TO[:STEPS]",
        help="multiples of a var's value, each var alone; a part of names, such as budget, means all with it",
    )
    parser.add_argument(
        "--output", type=Path, metavar="CSV", help="who enters and leaves; with --grid the table"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it is there")


def run(args: argparse.Namespace) -> int:
    """Compare the lists as they are with those of a scenario, or of each point of a grid.

    Parameters
    ----------
    args : argparse.Namespace
        stated, seed, grid, output and overwrite.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    project = project_folder().absolute()
    variables = read_yaml((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    scenario = stated_values(args.stated, variables)
    # As `bank-marketing build` has it: dbt reads the project anew where the environment differs.
    os.environ["SEED_SET"] = seed_set()
    if not (scenario or args.seed or args.grid):
        raise UserError("expected at least one of --set VAR=VALUE, --seed FILE and --grid VAR=FROM:TO.")
    files = [path.absolute() for path in args.seed]
    published = project / "warehouse" / f"{seed_set()}.duckdb"
    working = published.with_name(f"{seed_set()}_build.duckdb")
    if args.output:
        refuse_output(args.output, working, published, overwrite=args.overwrite)
    with chdir(project), scratch_folder(project / "target") as folder:
        scenarios = Scenarios(project, copy_working_file(working, folder), variables)
        whole = ListModels(read_graph(scenarios.manifest, scenarios.settings), LISTS, ABOUT_LISTS)
        lookups = {whole.lookup(file.stem): file for file in files}
        grid = [point for word in args.grid for point in grid_points(word, {**variables, **scenario}, whole)]
        names, notes = touched([*scenario, *lookups, *dict.fromkeys(point.variable for point in grid)], whole)
        built = [name for name in names if scenarios.has_table(LISTS[name].path)]
        if not built:
            raise UserError(
                f"{working}: {', '.join(names)} was never built there. Build it first: {PROGRAM} build"
            )
        trial = Trial(scenarios, whole, [LISTS[name] for name in built])
        before = trial.lists({})
        notes += trial.differences(before)
        for key, file in lookups.items():
            scenarios.load_seed(key, file)
        causes = [*scenario, *lookups]
        if grid:
            rows = pd.concat(
                [_at(point, trial, before, scenario, causes) for point in grid], ignore_index=True
            )
            said = sensitivity_lines(rows)
        else:
            after = trial.lists(scenario, causes)
            compared = _compared(before, after)
            rows = pd.concat([c.changes.assign(list_name=name) for name, c in compared.items()])
            said = [
                line
                for name, c in compared.items()
                for line in list_lines(LISTS[name], c, before[name], after[name])
            ]
    print("\n".join([*notes, *said]))
    if args.output:
        write_scores(rows, args.output)
        print(f"{args.output}: {len(rows):,} rows")
    return 0


def _compared(before: Mapping[str, Version], after: Mapping[str, Version]) -> dict[str, Comparison]:
    return {name: compare_lists(before[name].rows, after[name].rows) for name in before}


def _at(
    point: Point,
    trial: Trial,
    before: Mapping[str, Version],
    scenario: Mapping[str, Any],
    causes: Sequence[str],
) -> pd.DataFrame:
    after = trial.lists({**scenario, point.variable: point.value}, [*causes, point.variable])
    return sensitivity(point.variable, point.factor, point.value, _compared(before, after))


def stated_values(words: Sequence[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """Read ``VAR=VALUE``.

    Parameters
    ----------
    words : sequence of str
        As they were written; the value is YAML.
    known : mapping of str to any
        The project's vars.

    Returns
    -------
    dict of str to any
        Values by var.

    Raises
    ------
    UserError
        If a word isn't so, or a var is unknown.
    """
    values = {}
    for word in words:
        name, is_given, text = word.partition("=")
        if not is_given:
            raise UserError(f"--set {word}: expected VAR=VALUE, such as retention_budget=3000.")
        try:
            values[named(name.strip(), known, "var")] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UserError(f"--set {word}: the value is no YAML ({str(error).splitlines()[0]}).") from error
    return values


@dataclass(frozen=True)
class Point:
    """One value of a var in a grid.

    Parameters
    ----------
    variable : str
        The var.
    factor : float
        Multiple of its value.
    value : int or float
        The value then.
    """

    variable: str
    factor: float
    value: float


def grid_points(word: str, variables: Mapping[str, Any], whole: ListModels) -> list[Point]:
    """Read ``VAR=FROM:TO[:STEPS]``.

    Parameters
    ----------
    word : str
        As it was written: multiples of the var's value. A part of names means every var of a number with
        that part which a list reads.
    variables : mapping of str to any
        The vars' values.
    whole : ListModels
        What lists read.

    Returns
    -------
    list of Point
        Each var alone, in steps of the same size.

    Raises
    ------
    UserError
        If the word isn't so, a var is unknown, or its value is no number above 0.
    """
    found = GRID.fullmatch(word)
    low, high, steps = (float(found[2]), float(found[3]), int(found[4] or STEPS)) if found else (0, 0, 0)
    if not found or not low < high or not 2 <= steps <= MOST_STEPS:
        raise UserError(
            f"--grid {word}: expected VAR=FROM:TO or VAR=FROM:TO:STEPS, multiples of the var's value in"
            f" 2 to {MOST_STEPS} steps, such as retention_budget=0.6:1.4."
        )
    name = found[1]
    meant = (
        [name]
        if name in variables
        else [
            variable
            for variable, value in variables.items()
            if name in variable.split("_") and _is_number(value) and whole.reading(variable)[0]
        ]
    )
    points = []
    for variable in meant or [named(name, variables, "var")]:
        value = variables[variable]
        if not _is_number(value):
            raise UserError(
                f"--grid {word}: the value of {variable} is {value!r}, expected a number above 0."
            )
        for step in range(steps):
            factor = low + (high - low) * step / (steps - 1)
            points.append(Point(variable, round(factor, 9), _multiple(value, factor)))
    return points


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _multiple(value: float, factor: float) -> float:
    """Return a multiple; of what is counted in whole numbers a whole number."""
    return round(value * factor) if isinstance(value, int) else value * factor


def touched(causes: Sequence[str], whole: ListModels) -> tuple[list[str], list[str]]:
    """Return which lists vars and seeds change, and what the user should know of that.

    Parameters
    ----------
    causes : sequence of str
        Vars, and ids of seeds.
    whole : ListModels
        What lists read.

    Returns
    -------
    names, notes : list of str
        Names of lists, and sentences.

    Raises
    ------
    UserError
        If one changes no list.
    """
    names: list[str] = []
    notes = []
    for cause in causes:
        lists, early = whole.reading(cause)
        said = cause.rpartition(".")[2]
        where = f" {', '.join(early)} read it before: change it and build." if early else ""
        if not lists:
            raise UserError(f"{said}: no list reads it after scoring.{where}")
        if early:
            notes.append(
                f"{said} is read before scoring, too ({', '.join(early)}): that part stays as it was built."
            )
        names += lists
    return list(dict.fromkeys(names)), notes
