"""The quality of every tumour as one table that MultiQC reads: custom content, a TSV with its settings as YAML above.

Source of the format: MultiQC's manual, "Custom content" (docs.seqera.io/multiqc/custom_content).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from refractor.files.tables import Table
from refractor.report.patient_results import Row
from refractor.report.plain_words import plain
from refractor.results.copy_number_tables import PURITY_PLOIDY
from refractor.results.quality import QC

FILE_NAME = "refractor_qc_mqc.tsv"
"""MultiQC finds custom content by this ending."""
WORST = ("fail", "warn", "pass")
STATUS = {
    "pass": [{"s_eq": "pass"}],
    "warn": [{"s_eq": "warn"}],
    "fail": [{"s_eq": "fail"}],
}
"""How MultiQC colours the column of the worst status."""


def read_quality(samples: Sequence[str], samples_dir: Path) -> dict[str, dict[str, Any]]:
    """Metrics by sample: purity and ploidy, every number of qc.tsv, and the worst status; a sample without a folder has none."""
    return {sample: _metrics(samples_dir / sample) for sample in samples}


def _metrics(folder: Path) -> dict[str, Any]:
    fit: Row = next(iter(_rows(PURITY_PLOIDY, folder)), {})
    found = {name: fit[name] for name in ("purity", "ploidy") if fit.get(name) is not None}
    quality = _rows(QC, folder)
    for row in quality:
        try:
            found[row["metric"]] = float(row["value"])
        except (TypeError, ValueError):
            continue  # a word, such as the sex
    statuses = {row["status"] for row in quality}
    worst = next((status for status in WORST if status in statuses), None)
    return found | ({"status": worst} if worst else {})


def multiqc_table(quality: Mapping[str, Mapping[str, Any]], *, version: str, synthetic: bool) -> str:
    """The file's text: one row a sample, one column a metric, the worst status first; empty where it was not measured."""
    names = dict.fromkeys(name for metrics in quality.values() for name in metrics)
    columns = ["status", *(name for name in names if name != "status")]
    mark = "SYNTHETIC DATA. " if synthetic else ""
    settings = {
        "id": "refractor_qc",
        "section_name": "Refractor",
        "description": f"{mark}Quality of each tumour, by Refractor {version}; what each metric means: qc.tsv in docs/output.md. "
        "Research use only.",
        "plot_type": "table",
        "pconfig": {
            "id": "refractor_qc_table",
            "title": "Refractor: quality of each tumour",
            "namespace": "Refractor",
        },
        "headers": {name: _header(name) for name in columns},
    }
    head = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=10_000).splitlines()
    rows = [
        "\t".join([sample, *(_cell(metrics.get(name)) for name in columns)])
        for sample, metrics in quality.items()
    ]
    return "\n".join([*(f"# {line}" for line in head), "\t".join(["Sample", *columns]), *rows]) + "\n"


def _header(name: str) -> dict[str, Any]:
    title = plain(name).capitalize()
    if name == "status":
        return {"title": "Worst status", "scale": False, "cond_formatting_rules": STATUS}
    return {"title": title, "format": "{:,.3g}", "scale": "Blues"}


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _rows(table: Table, folder: Path) -> tuple[Row, ...]:
    return table.read_rows(folder / table.name) if (folder / table.name).is_file() else ()
