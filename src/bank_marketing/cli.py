"""The command `bank-marketing`: one sub-command for each thing a person does by hand."""

import argparse
import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from bank_marketing.errors import UserError

# By the command's word: its module, loaded when it is chosen, and what it does.
COMMANDS = {
    "build": ("warehouse.building", "build and publish the domains whose files are there"),
    "status": (
        "warehouse.status",
        "say what is published, from which data, how old, what was rejected, what to do next",
    ),
    "import-kaggle": ("importing.command", "put Kaggle's files, as downloaded, into their places"),
    "import": ("importing.own", "bring a bank's own export into the form of a raw file, by a mapping"),
    "formats": ("seeds.format_listing", "say what each raw file wants, column by column"),
    "score": ("serving.command", "score the customers of a file by the published models"),
    "export": ("serving.exporting", "write a list to a file, and note whom it names as contacted"),
    "predict-roi": ("serving.roi", "say what a month of marketing spend is expected to bring"),
    "what-if": ("warehouse.what_if", "say what the lists would be with other settings, and change nothing"),
    "serve": (
        "service.command",
        "decide by HTTP which campaign a customer gets now, and learn from outcomes",
    ),
    "dashboard": ("web.command", "show pages of what is published, in a browser"),
    "report": ("web.report", "write what the pages find to one file, to send and to print"),
    "explain": ("service.explain_command", "say why a customer was contacted, or wasn't"),
    "export-decisions": (
        "service.export_decisions",
        "write the log of decisions as a raw file for the next build",
    ),
    "replay": ("service.replay", "send a file of events to the decision service"),
    "sample": ("sampling.command", "make the synthetic sample files"),
}
# What needs packages that a build doesn't.
SERVICE = ("bank_marketing.service.", "bank_marketing.web.")
# What the person at the keyboard can mend: rights, a read-only disk, no room.
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)

# A message names what was found; a huge or nested file must not fill the screen with it.
LONGEST_LINE, MOST_LINES = 1_000, 60


def parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    chosen : str, optional
        The command that will run, whose module is loaded for its arguments; the others are only named.

    Returns
    -------
    argparse.ArgumentParser
        With one sub-parser for each entry of `COMMANDS`.
    """
    result = argparse.ArgumentParser(prog="bank-marketing", description=__doc__)
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == chosen:
            command = _load(f"bank_marketing.{module}")
            command.add_arguments(sub)
            sub.set_defaults(run=command.run)
    return result


def _load(module: str) -> ModuleType:
    """Import a module, and look for garbage neither meanwhile nor in what it brings: it stays to the end."""
    gc.disable()
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if not module.startswith(SERVICE) or str(error.name).startswith("bank_marketing"):
            raise
        wanted = "serve" if module.startswith(SERVICE[0]) else "dashboard"
        sys.exit(f"bank-marketing: {error.name} isn't installed, which this command needs: make {wanted}")
    finally:
        gc.freeze()
        gc.enable()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after the program's name; those of this process by default.

    Returns
    -------
    int
        Exit status: 0 if all went well, 1 if something failed, 2 if the words made no sense,
        130 if it was interrupted, 141 if nobody read the output to its end.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    args = parser(words[0] if words else None).parse_args(words)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Whoever read the output has enough, such as `head`; nothing is left to be written at exit, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except UserError as error:
        print(f"bank-marketing {args.command}: {_short(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"bank-marketing {args.command}: interrupted.", file=sys.stderr)
        return 128 + signal.SIGINT
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        place = error.filename2 or error.filename or "the disk"
        print(
            f"bank-marketing {args.command}: {place}: it can't be read or written here ({error.strerror})."
            " See to its rights and to the room on the disk, and try again.",
            file=sys.stderr,
        )
        return 1
    except Exception as error:
        # Loaded only by the commands that read a warehouse.
        duckdb = sys.modules.get("duckdb")
        if not duckdb or not isinstance(error, duckdb.IOException):
            raise
        print(f"bank-marketing {args.command}: {error}", file=sys.stderr)
        return 1


def _short(message: str) -> str:
    """Keep a message to what a person reads, whatever it quotes."""
    lines = [
        line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 200]} ... {line[-200:]}"
        for line in message.split("\n")
    ]
    if len(lines) > MOST_LINES:
        left_out = len(lines) - MOST_LINES
        lines = [*lines[: MOST_LINES - 1], f"  and {left_out:,} lines more", lines[-1]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
