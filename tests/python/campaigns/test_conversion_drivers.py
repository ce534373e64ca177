"""Drivers of the chance of conversion, over all customers of the sample."""

import pytest
from driver_words import MOMENTS, share_of_conversion_drivers_that_hold


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.TASK.name)
def test_drivers_of_all_customers_agree_with_replacing_them(built_sample, moment):
    share, of_a_customer = share_of_conversion_drivers_that_hold(built_sample, moment)
    assert share == 1
    assert of_a_customer > 1
