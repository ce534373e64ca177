import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bank_marketing.fitting.artefacts import dump_artefact, load_artefact
from bank_marketing.methods.encoded_classifier import EncodedClassifier


def rows(size: int, levels: str, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    age = np.where(random.random(size) < 0.1, np.nan, random.normal(40, 10, size))
    return pd.DataFrame({"age": age, "constant": 3.0, "kind": random.choice(list(levels), size)})


@pytest.mark.parametrize(
    ("classifier", "is_scaled"),
    [(LogisticRegression(), True), (HistGradientBoostingClassifier(max_iter=10, random_state=1), False)],
)
def test_it_says_what_a_pipeline_of_scikit_learn_says(classifier, is_scaled):
    # Of the levels to predict, d wasn't there at the fit, and c isn't there any more.
    known, new = rows(400, "abc", seed=1), rows(100, "abd", seed=2)
    chance = 1 / (1 + np.exp(-(known["age"].fillna(40) - 40) / 10 + (known["kind"] == "a")))
    outcome = (np.random.default_rng(3).random(400) < chance).astype(int)
    numbers = (
        make_pipeline(SimpleImputer(strategy="median"), StandardScaler()) if is_scaled else "passthrough"
    )
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((numbers, ["age", "constant"]), (levels, ["kind"]))

    expected = make_pipeline(columns, classifier).fit(known, outcome).predict_proba(new)
    fitted = EncodedClassifier(classifier, ["age", "constant"], ["kind"], is_scaled=is_scaled).fit(
        known, outcome
    )

    assert fitted.predict_proba(new) == pytest.approx(expected, abs=1e-6)
    stored = load_artefact(dump_artefact({"model": fitted}))["model"]
    assert np.array_equal(stored.predict_proba(new), fitted.predict_proba(new))
    assert fitted.names == [("age", None), ("constant", None), *(("kind", level) for level in "abc")]
