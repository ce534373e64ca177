"""Which models make a list after scoring, and which vars and seeds they read, by dbt's graph."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bank_marketing.errors import UserError

MOST_NAMED = 5


@dataclass(frozen=True)
class Node:
    """A model, seed, snapshot or source of the project.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        model, seed, snapshot or source.
    path : str
        Its file, relative to the project.
    is_fit, is_python, is_view : bool
        Whether it is a fit of a model, is written in Python, is a view.
    reads : frozenset of str
        Ids of the nodes that it reads.
    text : str
        All that its code, its settings and the macros that it calls say.
    adds_money : bool
        Whether it is a score that counts in assumed money, by its meta setting of that name.
    """

    name: str
    kind: str
    path: str
    is_fit: bool
    is_python: bool
    is_view: bool
    reads: frozenset[str]
    text: str
    adds_money: bool = False

    def mentions(self, variable: str) -> bool:
        """Tell whether a var's name stands in quotes somewhere."""
        return re.search(rf"""["']{re.escape(variable)}["']""", self.text) is not None


def read_graph(manifest: Any, settings: Mapping[str, Any]) -> dict[str, Node]:
    """Return the nodes of dbt's manifest.

    Parameters
    ----------
    manifest : dbt.contracts.graph.manifest.Manifest
        What dbt read of the project.
    settings : mapping of str to any
        By id, what the YAML of a model says of its settings, before dbt puts in vars.

    Returns
    -------
    dict of str to Node
        By id.
    """
    macros = {key: macro.macro_sql for key, macro in manifest.macros.items()}
    calls = {key: macro.depends_on.macros for key, macro in manifest.macros.items()}
    nodes = {}
    for key, node in {**manifest.nodes, **manifest.sources}.items():
        kind = str(getattr(node.resource_type, "value", node.resource_type))
        if kind not in ("model", "seed", "snapshot", "source"):
            continue
        called = _closure(getattr(node.depends_on, "macros", ()), calls)
        texts = [getattr(node, "raw_code", "") or "", str(settings.get(key, ""))]
        nodes[key] = Node(
            name=node.name,
            kind=kind,
            path=node.original_file_path,
            is_fit=kind == "model" and node.fqn[2:3] == ["fit"],
            is_python=getattr(node, "language", "sql") == "python",
            is_view=kind == "model" and node.config.materialized == "view",
            reads=frozenset(getattr(node.depends_on, "nodes", ())),
            text="\n".join([*texts, *(macros[m] for m in called if m in macros)]),
            adds_money=bool((getattr(node.config, "meta", None) or {}).get("adds_money")),
        )
    return nodes


def before_scoring(nodes: Mapping[str, Node]) -> set[str]:
    """Return what a score of a fitted model is made of, itself included: ids.

    A model that reads a fit and another one's score, too, is a choice by scores, which comes after them;
    so does a score that adds money.
    """
    fits = {key for key, node in nodes.items() if node.is_fit}
    readers = {key for key, node in nodes.items() if node.is_python and node.reads & fits}
    first = {key for key in readers if not (ancestors(nodes, [key]) - {key}) & readers}
    return ancestors(nodes, fits | {key for key in first if not nodes[key].adds_money})


def ancestors(nodes: Mapping[str, Node], of: Iterable[str]) -> set[str]:
    """Return what nodes read, themselves and what those read included."""
    return _closure(of, {key: node.reads for key, node in nodes.items()})


def descendants(nodes: Mapping[str, Node], of: Iterable[str]) -> set[str]:
    """Return what reads nodes, themselves and what reads those included."""
    readers: dict[str, list[str]] = {}
    for key, node in nodes.items():
        for read in node.reads:
            readers.setdefault(read, []).append(key)
    return _closure(of, readers)


def _closure(start: Iterable[str], following: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += following.get(key, ())
    return found


class ListModels:
    """The models that each list is made of after scoring.

    Parameters
    ----------
    nodes : mapping of str to Node
        The project.
    lists : iterable of str
        Names of the lists.
    also : iterable of str
        Names of tables about lists, which are made anew with them.
    """

    def __init__(self, nodes: Mapping[str, Node], lists: Iterable[str], also: Iterable[str] = ()) -> None:
        self._nodes = nodes
        self._ids = {node.name: key for key, node in nodes.items() if node.kind in ("model", "seed")}
        self._before = before_scoring(nodes)
        self._after = {name: self._made_after(self._ids[name]) for name in lists if name in self._ids}
        self._also = [name for name in also if name in self._ids]

    def _made_after(self, key: str) -> set[str]:
        """Return the models of a list after scoring, and the views that they read: a var stands in those."""
        nodes = self._nodes
        after = {k for k in ancestors(nodes, [key]) - self._before if nodes[k].kind == "model"}
        views = {k: {r for r in node.reads if r in nodes and nodes[r].is_view} for k, node in nodes.items()}
        return _closure(after, views)

    def to_run(self, name: str) -> list[str]:
        """Return the models that make a list and what is said about it, by name."""
        made = set(self._after[name])
        follow = descendants(self._nodes, made - self._before)
        for table in self._also:
            made |= ancestors(self._nodes, [self._ids[table]]) & follow
        return sorted(self._nodes[key].name for key in made if self._nodes[key].kind == "model")

    def changed_by(self, causes: Iterable[str]) -> set[str]:
        """Return the models, by name, that can differ with vars and seeds.

        Parameters
        ----------
        causes : iterable of str
            Names of vars, and ids of seeds.

        Returns
        -------
        set of str
            Whatever reads one of them, and what reads that.
        """
        readers = {
            key
            for cause in causes
            for key, node in self._nodes.items()
            if cause in node.reads or node.mentions(cause)
        }
        return {self._nodes[key].name for key in descendants(self._nodes, readers)}

    def lookup(self, name: str) -> str:
        """Return the id of a seed of seeds/reference.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str
            The id.

        Raises
        ------
        UserError
            If there is none.
        """
        known = {
            node.name: key
            for key, node in self._nodes.items()
            if node.kind == "seed" and node.path.startswith("seeds/reference/")
        }
        return known[named(name, known, "file of seeds/reference named")]

    def reading(self, cause: str) -> tuple[list[str], list[str]]:
        """Return which lists a var or a seed changes after scoring, and by which models it does before.

        Parameters
        ----------
        cause : str
            A var's name, or a seed's id.

        Returns
        -------
        lists : list of str
            Names.
        early : list of str
            Names of models that lists are made of, and that no what-if makes anew.
        """
        lists, early = [], set()
        for name, after in self._after.items():
            made_of = ancestors(self._nodes, [self._ids[name]])
            readers = {
                key for key in made_of if cause in self._nodes[key].reads or self._nodes[key].mentions(cause)
            }
            changed = self._through_views(readers) & made_of
            lists += [name] if changed & after else []
            early |= {self._nodes[key].name for key in changed & self._before - after}
        return lists, sorted(early)

    def _through_views(self, keys: set[str]) -> set[str]:
        readers: dict[str, list[str]] = {}
        for key, node in self._nodes.items():
            for read in node.reads:
                if self._nodes.get(read, node).is_view:
                    readers.setdefault(read, []).append(key)
        return _closure(keys, readers)


def named(word: str, known: Iterable[str], what: str) -> str:
    """Return a name if it is known.

    Parameters
    ----------
    word : str
        What somebody wrote.
    known : iterable of str
        All names.
    what : str
        What they are names of, for the message.

    Returns
    -------
    str
        The name.

    Raises
    ------
    UserError
        If it is unknown, with those that come near.
    """
    names = sorted(known)
    if word in names:
        return word
    parts = {part for name in names for part in name.split("_")}
    meant = {word, *difflib.get_close_matches(word, parts, n=1, cutoff=0.8)}
    near = [name for name in names if meant & set(name.split("_"))]
    near = list(dict.fromkeys([*near, *difflib.get_close_matches(word, names, n=3, cutoff=0.6)]))
    expected = f"did you mean {' or '.join(near[:MOST_NAMED])}?" if near else f"expected {', '.join(names)}."
    raise UserError(f"found no {what} {word!r}, {expected}")
