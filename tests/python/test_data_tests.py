"""Data tests forgive roundings and nothing more, and one that fails names its rows."""

MODEL = """
select 1 as customer_id, 3985.0000000000005e0 as figure, 0e0 as figure_low, 3985e0 as figure_high
union all
select 2, 3985.1e0, 0e0, 3985e0
union all
select 3, null, null, null
"""
DESCRIPTION = """
version: 2

models:
  - name: figures
    config: {contract: {enforced: false}}
    data_tests:
      - keys_hold:
          arguments:
            key: [customer_id]
            not_null: [figure]
            intervals: [figure]
            ranges: {figure: [0, 3985.0]}
"""


def test_failing_data_tests_name_rows_and_forgive_roundings(lean_project):
    folder = lean_project.folder / "models" / "churn"
    (folder / "figures.sql").write_text(MODEL)
    (folder / "figures.yml").write_text(DESCRIPTION)
    before = lean_project.published_state

    done = lean_project.dbt("build", "-s", "figures")

    assert done.returncode == 1
    (told,) = done.stdout.split("Rows that fail keys_hold of figures:\n")[1:]
    assert [line for line in told.splitlines() if line.startswith("  found: ")] == [
        "  found: figure is null, customer_id: 3",
        "  found: figure outside figure_low to figure_high; figure outside 0 to 3985.0, "
        "customer_id: 2, figure: 3985.1, figure_low: 0.0, figure_high: 3985.0",
    ]
    assert lean_project.published_state == before
