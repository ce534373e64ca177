"""What some tests need that not every machine has: the real files, services, browsers, a package registry."""

import os
from typing import NoReturn

import pytest

MISSING = "missing: "


def missing(what: str, *, may_lack: bool = False) -> NoReturn:
    """Skip the test, which the summary says; where REQUIRE_SERVICES=1, as in CI, fail unless it may lack."""
    if os.environ.get("REQUIRE_SERVICES") == "1" and not may_lack:
        pytest.fail(f"{MISSING}{what}", pytrace=False)
    pytest.skip(f"{MISSING}{what}")
