"""Fixtures of the unit tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from alignment_files import WriteBam, bam_writer


@pytest.fixture
def write_bam(tmp_path: Path) -> WriteBam:
    return bam_writer(tmp_path)
