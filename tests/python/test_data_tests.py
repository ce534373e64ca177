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
          arguments: {key: [customer_id], not_null: [figure]}
      - intervals_hold:
          arguments: {columns: [figure]}
    columns:
      - name: figure
        data_tests:
          - accepted_range:
              arguments: {minimum: 0, maximum: 3985.0}
"""


def test_failing_data_tests_name_rows_and_forgive_roundings(lean_project):
    folder = lean_project.folder / "models" / "churn"
    (folder / "figures.sql").write_text(MODEL)
    (folder / "figures.yml").write_text(DESCRIPTION)
    before = lean_project.published_state

    done = lean_project.dbt("build", "-s", "figures")

    assert done.returncode == 1
    told = {text.split("_figures")[0]: text.splitlines() for text in done.stdout.split("Rows that fail ")[1:]}
    named = {
        test: [line for line in lines if line.startswith("  customer_id")] for test, lines in told.items()
    }
    outside = ["  customer_id: 2, figure: 3985.1, figure_low: 0.0, figure_high: 3985.0"]
    assert named == {
        "keys_hold": ["  customer_id: 3"],
        "intervals_hold": outside,
        "accepted_range": outside,
    }
    assert lean_project.published_state == before
