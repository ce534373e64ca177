import ast
import io
import zipfile
from importlib import import_module

import numpy as np
import pytest
import skops.io
from project_copies import REPOSITORY
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from bank_marketing.fitting.artefacts import TRUSTED_TYPES, ArtefactError, dump_artefact, load_artefact


class Foreign:
    """Stands for any class that somebody might smuggle into an artefact; remembers being built or filled."""

    touched = False

    def __init__(self) -> None:
        type(self).touched = True

    def __setstate__(self, state: dict) -> None:
        type(self).touched = True


def test_round_trip_keeps_models_arrays_and_plain_values():
    random = np.random.default_rng(1)
    features, outcome = random.normal(size=(300, 3)), random.integers(0, 2, 300)
    model = HistGradientBoostingClassifier(max_iter=5).fit(features, outcome)
    content = {"model": model, "ids": np.array(["a", "b"], dtype=object), "cuts": [0.1, 0.2], "note": None}

    loaded = load_artefact(dump_artefact(content))

    assert np.array_equal(loaded["model"].predict_proba(features), model.predict_proba(features))
    assert list(loaded["ids"]) == ["a", "b"]
    assert loaded["cuts"] == [0.1, 0.2]
    assert loaded["note"] is None


def test_what_each_tree_has_none_of_is_written_once():
    features, outcome = np.arange(60.0)[:, None], np.arange(60) // 5 % 2
    trees = [HistGradientBoostingClassifier(max_iter=20).fit(features, outcome) for _ in range(2)]
    data = dump_artefact({"folds": trees, "final": make_pipeline(trees[0])})
    arrays = [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith(".npy")]
    assert 40 <= len(arrays) < 60
    folds = load_artefact(data)["folds"]
    assert np.array_equal(folds[1].predict_proba(features), trees[1].predict_proba(features))


def test_bytes_from_the_database_are_read_whatever_their_class():
    assert load_artefact(bytearray(dump_artefact({"a": 1}))) == {"a": 1}


def test_foreign_type_is_refused_by_name_when_written():
    with pytest.raises(ArtefactError, match="Foreign"):
        dump_artefact({"model": Foreign()})


def test_foreign_type_is_refused_by_name_when_read_and_no_code_of_it_runs():
    data = skops.io.dumps({"model": Foreign()})
    Foreign.touched = False

    with pytest.raises(ArtefactError, match="Foreign"):
        load_artefact(data)

    assert not Foreign.touched


def test_what_is_no_artefact_is_refused():
    with pytest.raises(ArtefactError, match="no artefact"):
        load_artefact(b"something else")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("readme.txt", "a zip, but none of ours")
    with pytest.raises(ArtefactError, match="no artefact"):
        load_artefact(archive.getvalue())


@pytest.mark.slow
def test_estimators_that_the_package_uses_are_trusted():
    imports = [
        (node.module, alias.name)
        for path in (REPOSITORY / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn")
        for alias in node.names
    ]
    used = {getattr(import_module(module), name) for module, name in imports} - {BaseEstimator}
    estimators = {kind for kind in used if isinstance(kind, type) and issubclass(kind, BaseEstimator)}

    assert {f"{kind.__module__}.{kind.__qualname__}" for kind in estimators} - set(TRUSTED_TYPES) == set()
    assert HistGradientBoostingClassifier in estimators
