"""What dbt's SQL asks of files."""

import hashlib

from bank_marketing.warehouse import dbt_plugin


def test_one_reading_ahead_tells_the_same_as_asking(tmp_path):
    file = tmp_path / "raw.csv"
    file.write_bytes(b"id,name\n1,Ann\n2,Bob")
    asked = dbt_plugin.file_lines(str(file)), dbt_plugin.file_fingerprint(str(file))

    dbt_plugin.start_reading(str(file))
    ahead = dbt_plugin.file_lines(str(file)), dbt_plugin.file_fingerprint(str(file))

    assert asked == ahead == (3, hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest())


def test_a_file_that_changed_after_its_load_is_read_anew(tmp_path):
    file = tmp_path / "raw.csv"
    file.write_bytes(b"id\n1\n")
    dbt_plugin.start_reading(str(file))
    before = dbt_plugin.file_lines(str(file)), dbt_plugin.file_fingerprint(str(file))
    file.write_bytes(b"id\n1\n2\n")

    assert (dbt_plugin.file_lines(str(file)), dbt_plugin.file_fingerprint(str(file))) != before
    assert dbt_plugin.file_lines(str(file)) == 3
