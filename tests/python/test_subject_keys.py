"""The key of a published file is one, or is refused."""

import re

import pytest

from bank_marketing.errors import UserError
from bank_marketing.subject_keys import fingerprint, stored_key


@pytest.mark.parametrize("text", ["", "zz", "1234", "0" * 63, "0" * 65, "G" * 64, "ä" * 64])
def test_what_is_no_key_is_refused(tmp_path, text):
    key = tmp_path / "sample.key"
    key.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(str(key))):
        stored_key(tmp_path / "sample.duckdb")


def test_a_key_may_end_with_a_line_break(tmp_path):
    (tmp_path / "sample.key").write_text("0f" * 32 + "\n", encoding="ascii")
    assert stored_key(tmp_path / "sample.duckdb") == bytes.fromhex("0f" * 32)


def test_only_the_key_with_which_a_file_was_published_is_taken(tmp_path):
    key, published = tmp_path / "sample.key", tmp_path / "sample.duckdb"
    key.write_text("0f" * 32, encoding="ascii")
    own, another = fingerprint(bytes.fromhex("0f" * 32)), fingerprint(b"1" * 32)

    assert stored_key(published, own) == bytes.fromhex("0f" * 32)
    with pytest.raises(UserError) as refused:
        stored_key(published, another)

    said = str(refused.value)
    assert all(words in said for words in (str(key), own, another, "make build"))
    assert "0f" * 4 not in said
