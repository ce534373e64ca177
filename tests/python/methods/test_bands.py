import pandas as pd

from bank_marketing.methods.bands import named_bands


def test_a_band_begins_at_its_least_value_and_the_last_has_no_end():
    ages = pd.Series([17, 18, 29.9, 30, 130, None, -1], index=list("abcdefg"))

    found = named_bands(ages, {18: "18 to 29", 30: "30 or more"})

    assert found.index.tolist() == list("abcdefg")
    assert found.fillna("null").tolist() == [
        "null",
        "18 to 29",
        "18 to 29",
        "30 or more",
        "30 or more",
        "null",
        "null",
    ]
