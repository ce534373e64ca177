"""The key of a published file is one, or is refused."""

import re

import pytest

from bank_marketing.errors import UserError
from bank_marketing.subject_keys import stored_key


@pytest.mark.parametrize("text", ["", "zz", "1234", "0" * 63, "0" * 65, "G" * 64, "ä" * 64])
def test_what_is_no_key_is_refused(tmp_path, text):
    key = tmp_path / "sample.key"
    key.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(str(key))):
        stored_key(tmp_path / "sample.duckdb")


def test_a_key_may_end_with_a_line_break(tmp_path):
    (tmp_path / "sample.key").write_text("0f" * 32 + "\n", encoding="ascii")
    assert stored_key(tmp_path / "sample.duckdb") == bytes.fromhex("0f" * 32)
