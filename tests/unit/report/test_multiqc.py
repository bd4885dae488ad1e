"""The table for MultiQC: settings that are YAML, one row a sample, empty where nothing was measured."""

from __future__ import annotations

from pathlib import Path

import yaml

from refractor.report.multiqc import FILE_NAME, multiqc_table, read_quality
from refractor.results.copy_number_tables import PURITY_PLOIDY
from refractor.results.quality import QC


def test_every_sample_is_a_row_and_every_metric_a_column(tmp_path: Path) -> None:
    folder = tmp_path / "A_T"
    folder.mkdir()
    PURITY_PLOIDY.write(
        PURITY_PLOIDY.from_rows([{"sample": "A_T", "purity": 0.6, "method": "fitted", "status": "ok"}]),
        folder / PURITY_PLOIDY.name, synthetic=True,
    )  # fmt: skip
    rows = [
        {"metric": "tumor_depth", "value": "64", "unit": "fragments", "status": "pass", "note": ""},
        {"metric": "sex", "value": "XX", "unit": "", "status": "pass", "note": ""},
        {"metric": "gc_range", "value": "0.9", "unit": "log", "status": "warn", "note": ""},
    ]
    QC.write(QC.from_rows(rows), folder / QC.name, synthetic=True)
    quality = read_quality(["A_T", "B_T"], tmp_path)
    assert quality == {
        "A_T": {"purity": 0.6, "tumor_depth": 64.0, "gc_range": 0.9, "status": "warn"},
        "B_T": {},
    }
    text = multiqc_table(quality, version="1", synthetic=True)
    head = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    settings = yaml.safe_load("\n".join(head))
    assert settings["plot_type"] == "table" and "SYNTHETIC DATA" in settings["description"]
    assert list(settings["headers"]) == ["status", "purity", "tumor_depth", "gc_range"]
    body = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert body == [
        ["Sample", "status", "purity", "tumor_depth", "gc_range"],
        ["A_T", "warn", "0.6", "64", "0.9"],
        ["B_T", "", "", "", ""],
    ]
    assert FILE_NAME.endswith("_mqc.tsv")


def test_without_samples_there_is_a_header_alone() -> None:
    assert multiqc_table({}, version="1", synthetic=False).splitlines()[-1] == "Sample\tstatus"
