"""Time and memory of steps: read from benchmark files, summed up by hand, on a page that escapes."""

from __future__ import annotations

from pathlib import Path

from refractor.report.pages.run_page import read_resources, render_run_page, summarise
from refractor.results.cohort_tables import StepResources

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def step_of(
    sample: str, step: str, seconds: float | None, cpu: float | None, memory: float | None
) -> StepResources:
    return StepResources(sample=sample, step=step, seconds=seconds, cpu_seconds=cpu, peak_memory_mb=memory)


def write(logs: Path, step: str, sample: str, row: str) -> None:
    path = logs / step / f"{sample}.resources.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + row)


def test_files_of_the_named_samples_are_read_and_what_was_not_measured_is_empty(tmp_path: Path) -> None:
    write(tmp_path, "call_variants", "B", "6.01\t0:00:06\t152.44\t386\t91\t105\t0.6\t0.1\t23\t1.51\n")
    write(tmp_path, "call_variants", "A", "0.2\t0:00:00\tNA\tNA\tNA\tNA\t-\t-\tNA\tNA\n")
    write(tmp_path, "call_variants", "gone", "1\t0:00:01\t1\t1\t1\t1\t1\t1\t1\t1\n")
    (tmp_path / "call_variants" / "B.log").write_text("a log\n")
    assert read_resources(tmp_path, ["A", "B", "C"]) == (
        step_of("A", "call_variants", 0.2, None, None),
        step_of("B", "call_variants", 6.01, 1.51, 152.44),
    )
    assert read_resources(tmp_path / "absent", ["A"]) == ()


def test_summary_by_hand() -> None:
    rows = [
        step_of("A", "s", 2.0, 1800.0, 100.0),
        step_of("B", "s", 4.0, 1800.0, 300.0),
        step_of("C", "s", 12.0, None, None),
        step_of("C", "r", None, None, None),
    ]
    empty, full = summarise(rows)
    assert (empty.step, empty.tumors, empty.median_seconds, empty.peak_sample) == ("r", 1, None, None)
    # median of 2, 4, 12; (1800 + 1800) s = 1 h
    assert (full.tumors, full.median_seconds, full.longest_seconds, full.cpu_hours) == (3, 4.0, 12.0, 1.0)
    assert (full.peak_memory_mb, full.peak_sample) == (300.0, "B")


def test_the_page_names_the_longest_and_says_when_nothing_was_measured() -> None:
    rows = [step_of(f"T{n}", "call_variants", float(n), 1.0, 100.0 - n) for n in range(20)]
    page = render_run_page(rows, synthetic=True)
    assert "SYNTHETIC DATA" in page
    assert "<td>T19</td>" in page
    assert "<td>T9</td>" not in page
    assert "No step was measured" in render_run_page([], synthetic=False)
    said = render_run_page([], sheets=[("samples.tsv", "2 rows; purity 0.2 to 0.6")], synthetic=False)
    assert "<b>samples.tsv</b>: 2 rows; purity 0.2 to 0.6" in said
