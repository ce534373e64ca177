"""What tests of the importers share."""

import shutil
from pathlib import Path

import pytest
from project_copies import REPOSITORY


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Return the seed folder to fill, with the declarations beside it."""
    shutil.copytree(REPOSITORY / "seeds" / "formats", tmp_path / "project" / "seeds" / "formats")
    folder = tmp_path / "project" / "seeds" / "kaggle"
    folder.mkdir()
    return folder
