"""Counts of lines: what the importer and the seed loader hold rows against."""

import tracemalloc

import pytest

from bank_marketing.seeds.line_counts import count_blank_lines, count_lines


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"a\r\nb\r\n", 2), (b"a\rb", 2), (b"\n\n", 2)],
)
def test_what_follows_the_last_line_end_is_a_line(tmp_path, content, lines):
    (tmp_path / "file").write_bytes(content)
    assert count_lines(tmp_path / "file") == lines


@pytest.mark.parametrize(
    ("content", "first_line", "blank"),
    [
        (b"", 1, 0),
        (b"a\n\nb\n\r\n", 1, 2),
        (b"\n\na\n\n", 2, 2),
        (b"a\n\r", 1, 1),
        (b"a\n \n", 1, 0),
        (b"a", 1, 0),
    ],
)
def test_a_blank_line_has_nothing_in_it(tmp_path, content, first_line, blank):
    (tmp_path / "file").write_bytes(content)
    assert count_blank_lines(tmp_path / "file", first_line) == blank


def test_one_long_line_is_counted_in_little_memory(tmp_path):
    (tmp_path / "file").write_bytes(b"a\n\n" + b"x" * 50_000_000 + b"\n\n")
    tracemalloc.start()
    try:
        assert count_lines(tmp_path / "file") == 4
        assert count_blank_lines(tmp_path / "file", 2) == 2
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()
