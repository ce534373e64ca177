"""Holds output that a document shows to what really comes out."""

import re


def numbers_and_words(text: str) -> list[float | str]:
    words = re.split(r"[\s│┌┐└┘├┤┬┴┼─]+", text.strip())
    return [float(w) if re.fullmatch(r"-?\d+(\.\d+)?", w) else w for w in words if w]


def assert_same_table(shown: str, found: str) -> None:
    expected, actual = numbers_and_words(shown), numbers_and_words(found)
    assert [w for w in actual if isinstance(w, str)] == [w for w in expected if isinstance(w, str)], found
    figures = [w for w in expected if isinstance(w, float)], [w for w in actual if isinstance(w, float)]
    # Fits may differ in the last digits between machines, and then a whole percent by one.
    far = [(e, a) for e, a in zip(*figures, strict=True) if abs(e - a) > (1 if e.is_integer() else 0.02)]
    assert far == [], found


def assert_shown_lines_come_out(shown: str, found: str) -> None:
    """Expect each shown line in the output, in that order; a line `...` stands for any lines between."""
    lines = iter(found.splitlines())
    may_skip = False
    for line in shown.strip("\n").splitlines():
        if line.strip() == "...":
            may_skip = True
            continue
        following = next(lines, None) if not may_skip else next((x for x in lines if x == line), None)
        assert following == line, f"expected {line!r}, found {following!r} in:\n{found}"
        may_skip = False
    assert may_skip or next(lines, None) is None, f"more came out than is shown:\n{found}"
