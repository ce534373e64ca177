"""Campaign customers as the features models show them, for tests."""

import sys

import numpy as np
import pandas as pd
from project_copies import REPOSITORY

sys.path.append(str(REPOSITORY / "studies"))
from sample_customers import NAMES


def sample_frame(rows: int | None = None) -> pd.DataFrame:
    """Return the customers of the committed sample, or the first of them."""
    raw = pd.read_csv(
        REPOSITORY / "seeds" / "sample" / "campaigns" / "raw_campaign_responses.csv", nrows=rows
    )
    segment = np.where(raw["Age"] < 45, "younger", "older")
    return raw.rename(columns=NAMES)[list(NAMES.values())].assign(segment_name=segment)
