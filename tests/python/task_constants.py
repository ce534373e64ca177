"""Constants of the modules that each task computes with, as they are written: fitted_figures.json keeps them.

Figures of a small frame don't see every constant: what acts in large data alone, or in data of another shape,
moves none of them. So each is held as text, too; remarks, docstrings and the form of the code don't count.
"""

import ast
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grimp

import bank_marketing
from bank_marketing.fitting.fits import Task

ROOT = "bank_marketing."
# The packages that compute.
PACKAGES = (
    *("methods", "fitting", "segments", "operations"),
    *("campaigns", "churn", "sales", "transactions"),
)
# Its version is what answers for the others.
TASK = "TASK"
NOT_THERE = "not there"
Constants = dict[str, dict[str, str]]


def constants_of(source: str) -> dict[str, str]:
    """Return what a module's constants are said to be, by name.

    That is names in upper case on its top level, and numbers and texts that stand for a parameter or a field.
    """
    tree = ast.parse(source)
    found = {name: ast.unparse(value) for name, value in _defaults(tree)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        for target in targets:
            for name, value in _pairs(target, statement.value):
                if name.isupper() and name != TASK:
                    found[name] = ast.unparse(value)
    return found


def _defaults(tree: ast.Module) -> Iterable[tuple[str, ast.expr]]:
    """Yield each parameter and each field of a class that is a number or a text unless given otherwise."""
    for node in ast.walk(tree):
        given: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.ClassDef):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            given = [(ast.unparse(part.target), part.value) for part in fields]
        elif isinstance(node, ast.FunctionDef):
            places, named = [*node.args.posonlyargs, *node.args.args], node.args.kwonlyargs
            with_default = places[len(places) - len(node.args.defaults) :]
            values = [*node.args.defaults, *node.args.kw_defaults]
            given = [(part.arg, value) for part, value in zip([*with_default, *named], values, strict=True)]
        for name, value in given:
            if isinstance(value, ast.Constant) and type(value.value) in (int, float, str):
                yield f"{node.name}.{name}", value


def _pairs(target: ast.expr, value: ast.expr | None) -> Iterable[tuple[str, ast.expr]]:
    """Yield each name that an assignment gives, with its own part of the value where it has one."""
    if isinstance(target, ast.Name) and value is not None:
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        parts = value.elts if isinstance(value, ast.Tuple) else []
        each = parts if len(parts) == len(target.elts) else [value] * len(target.elts)
        for one, part in zip(target.elts, each, strict=True):
            yield from _pairs(one, part)


@cache
def modules_of_tasks() -> dict[str, set[str]]:
    """Return by task, of those imported, which modules compute for it: its own, and all that this imports."""
    graph = grimp.build_graph("bank_marketing", cache_dir=None)
    tasks = {name: getattr(module, TASK, None) for name, module in sys.modules.items() if ROOT in name}
    return {
        task.name: {
            module.removeprefix(ROOT)
            for module in {home, *graph.find_upstream_modules(home)}
            if module.removeprefix(ROOT).split(".")[0] in PACKAGES
        }
        for home, task in tasks.items()
        if isinstance(task, Task)
    }


def constants_of_modules(modules: Iterable[str]) -> Constants:
    """Return the constants of each module that has any, by its name."""
    found = {module: constants_of(_file(module).read_text()) for module in sorted(modules)}
    return {module: constants for module, constants in found.items() if constants}


def _file(module: str) -> Path:
    path = Path(bank_marketing.__file__).parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def changed_constants(found: Constants, kept: Constants) -> dict[str, list[str]]:
    """Say of each module which constants are others than were kept, with what they were and are."""
    changed = {}
    for module in sorted(found.keys() | kept.keys()):
        now, before = found.get(module, {}), kept.get(module, {})
        # Other versions of Python may write the same otherwise.
        before = {name: ast.unparse(ast.parse(text, mode="eval").body) for name, text in before.items()}
        others = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
        if others:
            changed[module] = [
                f"{module}.{name} was {before.get(name, NOT_THERE)}, is {now.get(name, NOT_THERE)}"
                for name in others
            ]
    return changed
