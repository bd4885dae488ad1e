"""What the steps of a run took, from Snakemake's benchmark files, and the page about the run."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from refractor.report.template_environment import page_environment
from refractor.results.cohort_tables import StepResources

SUFFIX = ".resources.tsv"
SLOWEST = 10


@dataclass(frozen=True, slots=True)
class StepSummary:
    """One step over all tumours: times in seconds, CPU in hours, memory in MB with the tumour that needed most."""

    step: str
    tumors: int
    median_seconds: float | None
    longest_seconds: float | None
    cpu_hours: float | None
    peak_memory_mb: float | None
    peak_sample: str | None


def read_resources(logs: Path, samples: Sequence[str]) -> tuple[StepResources, ...]:
    """What each step of `samples` took; a step without a file was not measured.

    `logs` holds STEP/SAMPLE.resources.tsv as Snakemake's `benchmark` writes it: s, cpu_time (s), max_rss (MB).
    """
    steps = sorted(folder.name for folder in logs.iterdir() if folder.is_dir()) if logs.is_dir() else []
    found: list[StepResources] = []
    for sample in samples:
        for step in steps:
            path = logs / step / f"{sample}{SUFFIX}"
            if path.is_file():
                with path.open(encoding="utf-8", newline="") as handle:
                    found += [
                        StepResources(
                            sample=sample,
                            step=step,
                            seconds=_number(row.get("s")),
                            cpu_seconds=_number(row.get("cpu_time")),
                            peak_memory_mb=_number(row.get("max_rss")),
                        )
                        for row in csv.DictReader(handle, delimiter="\t")
                    ]
    return tuple(found)


def _number(cell: str | None) -> float | None:
    """A measured value; None where Snakemake measured nothing (for a step too short it writes NA or -)."""
    try:
        return float(cell or "")
    except ValueError:
        return None


def summarise(rows: Sequence[StepResources]) -> tuple[StepSummary, ...]:
    """A summary of each step, by name."""
    return tuple(
        _summary(step, [row for row in rows if row.step == step]) for step in sorted({r.step for r in rows})
    )


def _summary(step: str, rows: Sequence[StepResources]) -> StepSummary:
    seconds = [row.seconds for row in rows if row.seconds is not None]
    cpu = [row.cpu_seconds for row in rows if row.cpu_seconds is not None]
    memory = [(row.peak_memory_mb, row.sample) for row in rows if row.peak_memory_mb is not None]
    peak, sample = max(memory, default=(None, None))
    return StepSummary(
        step=step,
        tumors=len(rows),
        median_seconds=median(seconds) if seconds else None,
        longest_seconds=max(seconds, default=None),
        cpu_hours=sum(cpu) / 3600 if cpu else None,
        peak_memory_mb=peak,
        peak_sample=sample,
    )


def render_run_page(
    rows: Sequence[StepResources], *, sheets: Sequence[tuple[str, str]] = (), synthetic: bool
) -> str:
    """The page about the run: what each sheet holds, what each step took, and the tumours that took longest.

    `sheets` are the files with what sheet_in_a_line says of each.
    """
    slowest = sorted(rows, key=lambda row: (-(row.seconds or 0), row.sample, row.step))
    template = page_environment(synthetic=synthetic).get_template("run.html.j2")
    return template.render(
        sheets=sheets, summaries=summarise(rows), slowest=slowest[:SLOWEST], measured=len(rows)
    )
