"""The bytes of a CSV file: longest line, line ends and encoding, told in one pass of bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bank_marketing.errors import UserError
from bank_marketing.seeds.line_counts import count_line_feeds

CHUNK = 1 << 20
# DuckDB loses longer lines than twice this without a word; no row of a table is as long.
LONGEST_LINE = CHUNK
# A line may be a single value, and one that doesn't close takes in lines after it: more than Python allows.
csv.field_size_limit(100 * LONGEST_LINE)
# Letters of western Europe, quotation marks, dashes, the euro sign and the hard blank. Other bytes are as
# likely of another encoding: 0x82 is a comma-like mark here, and e with an accent in DOS.
WESTERN = {*range(0xC0, 0x100), 0x80, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0xA0} - {0xD7, 0xF7}
ASCII = bytes(range(0x80))
# Western words have two such letters in a row at most; Cyrillic or Greek ones consist of them.
RUN_OF_HIGH_BYTES = re.compile(rb"[\xc0-\xff]{3}")


@dataclass
class FileBytes:
    """What the bytes of a file say."""

    encoding: str
    has_one_line_end: bool
    lines: int
    example: str | None = None
    bad_letters: int = 0

    @property
    def text_encoding(self) -> str:
        """What Python reads the file with: a byte-order mark isn't part of the first name."""
        return "utf-8-sig" if self.encoding == "utf-8" else self.encoding

    @property
    def is_plain(self) -> bool:
        """Whether DuckDB can read the file as it is."""
        return self.encoding == "utf-8" and self.has_one_line_end


def read_bytes(path: Path, label: str, said: str | None = None) -> FileBytes:
    """Read a text file once, in bounded memory; `said` is the encoding, where somebody says it."""
    is_utf_8 = said is not None and codecs.lookup(said).name.startswith("utf-8")
    encoding = wide_encoding(path) if said is None or is_utf_8 else said
    if encoding:
        return FileBytes(encoding, has_one_line_end=False, lines=0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    line_feeds = carriage_returns = pairs = good = bad = since = 0
    high_bytes: set[int] = set()
    has_run = has_nul = False
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            # The commonest line end decides; a file of old has carriage returns alone.
            end = b"\n" if b"\n" in chunk else b"\r"
            first = chunk.find(end)
            since = since + len(chunk) if first < 0 else max(since + first, 0)
            if since > LONGEST_LINE:
                line = max(line_feeds, carriage_returns) + 1
                raise UserError(
                    f"{label}, line {line}: it is longer than {LONGEST_LINE:,} bytes, as no row of a table"
                    " is. The file is damaged or no table: download it again."
                )
            since = len(chunk) - 1 - chunk.rfind(end) if first >= 0 else since
            line_feeds += count_line_feeds(chunk)
            if b"\r" in chunk:
                carriage_returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n")
            pairs += last == b"\r" and chunk[:1] == b"\n"
            has_nul = has_nul or b"\0" in chunk
            last = chunk[-1:]
            if not chunk.isascii():
                text = decoder.decode(chunk)
                bad += text.count("\ufffd")
                good += len(re.findall(r"[^\x00-\x7f\ufffd\ufeff]", text))
                high_bytes |= set(chunk.translate(None, ASCII))
                has_run = has_run or RUN_OF_HIGH_BYTES.search(chunk) is not None
    if has_nul:
        raise UserError(f"{label}: it holds zero bytes, so it is no text. Download it again.")
    one_end = carriage_returns == 0 or (carriage_returns == pairs == line_feeds)
    # What follows the last line end is a line, too.
    lines = (line_feeds or carriage_returns) + (last not in (b"\n", b"\r", b""))
    line, word = _first_high_word(path) if bad else (0, b"")
    # Where most letters are UTF-8, the others are damage of single lines, which the build quarantines.
    encoding = "utf-8" if bad == 0 or good > bad or is_utf_8 else "cp1252"
    strange = sorted(high_bytes - WESTERN)
    if encoding == "cp1252" and (strange or has_run):
        found = f"byte 0x{strange[0]:02X} is" if strange else "rows of such letters are"
        raise UserError(
            f"{label}, line {line}: the encoding can't be told: {word!r} is no UTF-8, and {found} not likely"
            " to be Windows-1252. Save the file as UTF-8."
        )
    example = f"{word.decode(encoding, errors='replace')!r} (line {line})" if bad else None
    return FileBytes(encoding, one_end, lines, example, bad if encoding == "utf-8" else 0)


def wide_encoding(path: Path) -> str | None:
    """Tell whether a file is UTF-16 or UTF-32, by its mark or by zero bytes at every second place."""
    with path.open("rb") as file:
        start = file.read(512)
    # The mark of UTF-32 begins with that of UTF-16.
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd, most = start[::2].count(0), start[1::2].count(0), len(start) * 0.4
    if len(start) > 1 and max(even, odd) > most and min(even, odd) == 0:
        return "utf-16-le" if odd else "utf-16-be"
    return None


def write_plain(path: Path, target: Path, encoding: str, label: str) -> None:
    """Write a text file anew in UTF-8 with line feeds at the ends of lines, in bounded memory."""
    # Single letters of a UTF-8 file that are none stay what they are, so that their lines can be told.
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    read_with = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        # Universal newlines: all three line ends come out as one.
        with (
            path.open(encoding=read_with, errors=errors) as source,
            target.open("w", encoding="utf-8", errors=errors, newline="\n") as copy,
        ):
            shutil.copyfileobj(source, copy, CHUNK)
    except UnicodeError as error:
        raise UserError(f"{label}: no readable {encoding} text ({error}). Save the file as UTF-8.") from error


def write_with_commas(path: Path, target: Path, delimiter: str) -> bool:
    """Write a CSV file in UTF-8 with commas between its values; False if a value may hold a line's end."""
    commas = bytes.maketrans(delimiter.encode(), b",")
    with path.open("rb") as source, target.open("wb") as copy:
        while lines := source.read(CHUNK):
            lines, at = lines + source.readline(), 0
            letters = np.frombuffer(lines, dtype=np.uint8)
            # Few lines have a comma or a quotation mark already: those are taken apart.
            for mark in np.flatnonzero((letters == ord(",")) | (letters == ord('"'))).tolist():
                if mark < at:
                    continue
                start, end = lines.rfind(b"\n", 0, mark) + 1, lines.find(b"\n", mark) + 1
                line = lines[start : end or len(lines)]
                if line.count(b'"') % 2:
                    return False
                made = io.StringIO(newline="")
                row = next(csv.reader([line.decode().rstrip("\r\n")], delimiter=delimiter))
                csv.writer(made, lineterminator="\r\n" if line.endswith(b"\r\n") else "\n").writerow(row)
                copy.write(lines[at:start].translate(commas) + made.getvalue().encode())
                at = start + len(line)
            copy.write(lines[at:].translate(commas))
    return True


def _first_high_word(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        for line, content in enumerate(file, 1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                start = max(content.rfind(mark, 0, error.start) for mark in (b",", b";", b"\t", b'"')) + 1
                return line, re.split(rb'[,;\t"\r\n]', content[start:], maxsplit=1)[0][:60]
    return 0, b""
