"""Artefacts: what a fit leaves for scoring, as bytes that can be read without executing code in them."""

import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import scipy.special
import sklearn.utils
from sklearn.base import BaseEstimator

# skops trusts every estimator of scikit-learn and every function of arrays of numpy and scipy. To list them,
# it imports all of the first, and for each of the second looks into all that is imported: longer than
# scoring a file takes. What a fit may keep of them is in TRUSTED_TYPES instead.
_LISTS = ((sklearn.utils, "all_estimators"), (np, "__dir__"), (scipy.special, "__dir__"))
_as_they_were = [vars(module).get(name) for module, name in _LISTS]
for _module, _name in _LISTS:
    setattr(_module, _name, list)
try:
    import skops.io
finally:
    for (_module, _name), _was in zip(_LISTS, _as_they_were, strict=True):
        setattr(_module, _name, _was) if _was else delattr(_module, _name)

# Types that may be rebuilt from an artefact beyond those that skops trusts by itself. Each only holds arrays;
# a name is added here only after its constructor was read.
TRUSTED_TYPES = (
    "bank_marketing.methods.encoded_classifier.EncodedClassifier",
    "bank_marketing.methods.scorecard.PointsScorecard",
    "numpy.dtype",
    "sklearn.calibration.CalibratedClassifierCV",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.cluster._kmeans.KMeans",
    "sklearn.compose._column_transformer.ColumnTransformer",
    "sklearn.dummy.DummyClassifier",
    "sklearn.ensemble._forest.ExtraTreesClassifier",
    "sklearn.ensemble._gb.GradientBoostingClassifier",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.impute._base.SimpleImputer",
    "sklearn.isotonic.IsotonicRegression",
    "sklearn.linear_model._glm.glm.TweedieRegressor",
    "sklearn.linear_model._logistic.LogisticRegression",
    "sklearn.linear_model._ridge.Ridge",
    "sklearn.mixture._gaussian_mixture.GaussianMixture",
    "sklearn.pipeline.Pipeline",
    "sklearn.preprocessing._data.StandardScaler",
    "sklearn.preprocessing._encoders.OneHotEncoder",
    "sklearn.preprocessing._function_transformer.FunctionTransformer",
    "sklearn.preprocessing._label.LabelEncoder",
    "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._classes.DecisionTreeRegressor",
    "sklearn.tree._classes.ExtraTreeClassifier",
    "sklearn.tree._tree.Tree",
)


class ArtefactError(ValueError):
    """An artefact can't be written or read."""


def dump_artefact(content: Mapping[str, Any]) -> bytes:
    """Write an artefact.

    Parameters
    ----------
    content : mapping of str to any
        Plain values, lists, dicts, numpy arrays and scikit-learn models. A lifelines model goes in as its
        plain parameters.

    Returns
    -------
    bytes
        A compressed skops file.

    Raises
    ------
    ArtefactError
        If something in it has a type that `load_artefact` would refuse: the fit fails and not the score.
    """
    _share_empty_arrays(content, {})
    try:
        data = skops.io.dumps(dict(content), compression=zipfile.ZIP_DEFLATED)
    except Exception as error:
        raise ArtefactError(f"The artefact can't be written: {error}. Keep plain values.") from error
    _refuse_foreign_types(bytes(data))
    return bytes(data)


def load_artefact(data: bytes | bytearray | memoryview) -> dict[str, Any]:
    """Read an artefact without executing code in it.

    Parameters
    ----------
    data : bytes-like
        What `dump_artefact` wrote.

    Returns
    -------
    dict of str to any
        The content as it was written.

    Raises
    ------
    ArtefactError
        If the bytes are no artefact or hold a type that isn't in `TRUSTED_TYPES`.
    """
    try:
        content: dict[str, Any] = skops.io.loads(bytes(data), trusted=list(TRUSTED_TYPES))
    except Exception:
        # Looked at only now, since it takes as long as loading.
        _refuse_foreign_types(bytes(data))
        raise
    return content


def _share_empty_arrays(holder: Any, shared: dict[tuple[Any, ...], np.ndarray]) -> None:
    """Let empty arrays that are alike be one, which is written and read once: each tree has two of them."""
    if isinstance(holder, Mapping):
        members: Iterable[Any] = holder.values()
    elif isinstance(holder, list | tuple):
        members = holder
    elif isinstance(holder, BaseEstimator) or type(holder).__name__ == "TreePredictor":
        for name, member in vars(holder).items():
            if isinstance(member, np.ndarray) and not member.size:
                setattr(holder, name, shared.setdefault((member.shape, member.dtype), member))
        members = vars(holder).values()
    else:
        return
    for member in members:
        _share_empty_arrays(member, shared)


def _refuse_foreign_types(data: bytes) -> None:
    try:
        foreign = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED_TYPES))
    except Exception as error:
        raise ArtefactError(f"These {len(data)} bytes are no artefact: {error}.") from error
    if foreign:
        raise ArtefactError(
            f"The artefact holds types that are not trusted: {', '.join(foreign)}. Keep plain parameters or"
            " arrays instead; if the type only holds data, add it to TRUSTED_TYPES in artefacts.py."
        )
