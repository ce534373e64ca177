import numpy as np
import pandas as pd
import pytest

from bank_marketing.methods.cell_design import CellDesign


def test_sums_by_cell_are_those_of_the_whole_design():
    random = np.random.default_rng(4)
    arms = pd.DataFrame(
        {"type": random.choice(["a", "b"], 200), "channel": random.choice(["x", "y", "z"], 200)}
    )
    is_above, shared = random.random(200) < 0.5, random.normal(size=(200, 3))
    shared[:, 0] = 1
    levels = {name: sorted(arms[name].unique()) for name in arms}
    design = CellDesign.of(shared, arms, levels, is_above)
    given = [shared * (arms[name] == level).to_numpy()[:, None] for name in arms for level in levels[name]]
    whole = np.hstack([shared, is_above[:, None], *given])[design.order]
    weight, coefficients = random.random((2, 200))
    coefficients = coefficients[: whole.shape[1]]

    assert design.log_odds(coefficients) == pytest.approx(whole @ coefficients)
    assert design.sums(weight) == pytest.approx(whole.T @ weight)
    assert design.curvature(weight) == pytest.approx(whole.T @ (whole * weight[:, None]))
