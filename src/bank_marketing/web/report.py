"""The words of ``bank-marketing report``: what the pages find, in one file that names no customer."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bank_marketing.service.running import utc_now
from bank_marketing.serving.export_log import log_path
from bank_marketing.serving.opened import Opened
from bank_marketing.serving.published_file import add_warehouse, published_file
from bank_marketing.serving.writing import refuse_output, whole_file
from bank_marketing.web.asked import Asked
from bank_marketing.web.figures import Figure, draw
from bank_marketing.web.page import Lacking, Page, lacking, part
from bank_marketing.web.pages import campaigns, models, this_week
from bank_marketing.web.rendering import FOLDER, environment, published_at
from bank_marketing.web.tables import Table
from bank_marketing.web.words import text

# Only a reader of XML asks for it.
NAMESPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')


@dataclass(frozen=True)
class Block:
    """Parts of a page that stand together: cards, charts beside each other, tables.

    Parameters
    ----------
    heading : str
        Above them; empty for none.
    parts : sequence of tuple
        Their names, and what each is asked.
    """

    heading: str
    parts: Sequence[tuple[str, Asked]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the words of ``report`` to its parser."""
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="HTML file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it is there")
    add_warehouse(parser, "published file that it is about")


def run(args: argparse.Namespace) -> int:
    """Write a report.

    Parameters
    ----------
    args : argparse.Namespace
        output, overwrite and warehouse.

    Returns
    -------
    int
        0; what doesn't fit is a `UserError`.
    """
    warehouse = published_file(args.warehouse)
    refuse_output(args.output, log_path(warehouse), warehouse, overwrite=args.overwrite)
    made = report(Opened(warehouse, utc_now().date()))
    with whole_file(args.output) as temporary:
        temporary.write_text(made, encoding="utf-8")
    print(f"{args.output}: {len(made.encode()) / 1000:,.0f} kB, one file that loads nothing else.")
    return 0


def blocks(opened: Opened) -> Iterator[tuple[Page, list[Block]]]:
    """Yield the pages of a report with what is shown of them: no part that names customers.

    Parameters
    ----------
    opened : Opened
        The publication.

    Yields
    ------
    tuple of Page and list of Block
    """
    yield this_week.PAGE, [_block("", "warnings", "list_cards", "rates", "funnel", "weeks", "changes")]
    channels, types = (Asked({"by": name}) for name in campaigns.DIMENSIONS)
    compared = [(name, by) for by in (channels, types) for name in ("performance", "impact")]
    yield (
        campaigns.PAGE,
        [
            Block(
                "Which campaigns convert, and do they pay?",
                [*compared, *(("returns", by) for by in (channels, types))],
            ),
            _block(
                "Whom to contact, with what?",
                "outcome",
                "targeting",
                "policies",
                "spending",
                "personalisation",
            ),
            _block("While a campaign runs", "kpis"),
        ],
    )
    yield models.PAGE, [_block("", "health", "drift"), *_curves(opened)]


def _block(heading: str, *names: str) -> Block:
    return Block(heading, [(name, Asked()) for name in names])


def _curves(opened: Opened) -> list[Block]:
    rows = opened.rows("""
        select
            model_name,
            model_name in (select model_name from warehouse.evaluation.lift_by_decile) as has_tenths
        from warehouse.evaluation.calibration_curves where split = 'cross_validation'
        group by model_name order by model_name
    """)
    return [
        Block(
            text(row["model_name"]).capitalize(),
            [
                (name, Asked({"model": row["model_name"]}))
                for name in ("calibration", *(["gains"] if row["has_tenths"] else []))
            ],
        )
        for row in rows
    ]


def report(opened: Opened) -> str:
    """Return the report of a publication as HTML that needs nothing else.

    Parameters
    ----------
    opened : Opened
        The publication.

    Returns
    -------
    str
    """
    common = {
        "inline": True,
        "drawn": _drawn,
        "pages": [],
        "publication": opened.number,
        "published_at": published_at(opened),
        "file": opened.warehouse.name,
        "today": opened.today,
        "css": (FOLDER / "static" / "style.css").read_text(encoding="utf-8"),
    }
    chapters = [_chapter(page, shown, opened, common) for page, shown in blocks(opened)]
    return environment().get_template("report.html").render(page=None, chapters=chapters, **common)


def _drawn(figure: Figure) -> str:
    return NAMESPACES.sub("", draw(figure, "narrow", is_inline=True))


def _chapter(page: Page, shown: Sequence[Block], opened: Opened, common: dict[str, Any]) -> str:
    if said := lacking(page, opened):
        found = [("", [("", Lacking("", said))])]
    else:
        found = [(block.heading, _parts(page, place, block, opened)) for place, block in enumerate(shown)]
    template = environment().get_template("chapter.html")
    return template.render(page=page, blocks=found, asked=Asked(), **common)


def _parts(page: Page, place: int, block: Block, opened: Opened) -> list[tuple[str, Any]]:
    """Return the parts of a block by name; charts and tables have a name of their own in the report."""
    shown = []
    for number, (name, asked) in enumerate(block.parts):
        found = part(page, name, opened, asked)
        if isinstance(found, (Figure, Table)):
            found = replace(found, name=f"{page.name}_{place}_{number}")
        shown.append((name, found))
    return shown
