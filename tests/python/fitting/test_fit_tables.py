"""What fits leave as tables is what public models lay out."""

import json
import re

from project_copies import REPOSITORY
from yaml import safe_load

# Columns of every fit's row, and those that a model adds to what the fit says.
OF_EACH_FIT = {"domain", "model_name", "model_version", "fitted_at", "depth"}
ADDED = {
    "feature_effects": {"evidence", "is_distinguishable"},
    "trait_costs": {
        "money_per_event",
        "expected_money_lost",
        "expected_money_lost_low",
        "expected_money_lost_high",
        "currency",
    },
}
# What a public table sums up: the points of each fold stand in the registry alone.
NOT_LAID_OUT = {"weights"}
FIT_TABLE = re.compile(r"""fit_table\(ref\(["'](\w+)["']\), ["'](\w+)["']""")


def test_contracts_over_fits_have_the_columns_that_fits_leave(built_sample):
    newest = dict(
        built_sample.query(
            "select model_name, tables from evaluation.model_registry"
            " qualify row_number() over (partition by model_name order by model_version desc) = 1"
        )
    )
    left: dict[tuple[str, str], set[str]] = {}
    for model, text in newest.items():
        for name, records in json.loads(text).items():
            for fits in (f"{model}_fit", "model_registry"):
                left.setdefault((fits, name), set()).update(*records)
    laid_out, wrong = set(), {}
    for file in REPOSITORY.glob("models/*/*.sql"):
        for fits, name in FIT_TABLE.findall(file.read_text()):
            (model,) = safe_load(file.with_suffix(".yml").read_text())["models"]
            contract = {column["name"] for column in model["columns"]}
            laid_out.add(name)
            if contract - OF_EACH_FIT - ADDED.get(file.stem, set()) != left[fits, name]:
                wrong[file.stem] = contract ^ left[fits, name]

    assert laid_out == {name for _, name in left} - NOT_LAID_OUT
    assert wrong == {}
