import logging

import pytest


@pytest.fixture(autouse=True)
def quiet_readers(caplog):
    """The reader of a MAF logs a line a tumour."""
    caplog.set_level(logging.WARNING, logger="refractor.variants.files.maf_reader")
