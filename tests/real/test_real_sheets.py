"""A trial whose sheets name the real files: nothing is refused, nothing questioned."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.errors import SheetError
from refractor.sheets import read_trial

pytestmark = pytest.mark.real

COLUMNS = (
    "patient",
    "sample",
    "tumor_reads",
    "normal_reads",
    "small_variants",
    "copy_number",
    "copy_number_caller",
)


def write_trial(shared_data: Path) -> dict[str, str]:
    reads, variants, purple = (
        shared_data / "reads",
        shared_data / "variants",
        shared_data / "copy_number" / "colo829",
    )
    segments = next(path for path in sorted(purple.rglob("*.purple.cnv.somatic.tsv*")))
    rows = [
        ("CPCT", "CPCT-T", reads / "CPCT12345678T.bam", reads / "CPCT12345678R.bam", "", "", ""),
        ("HCC1143", "HCC1143", *sorted(reads.glob("HCC1143*.bam")), "", "", ""),
        ("EGFR", "EGFR", reads / "vardict_EGFR_L861Q.hg19.bam", "", "", "", ""),
        (
            "T001",
            "T001",
            "",
            "",
            variants / "T001-COAD.grch38.vcf.gz",
            variants / "T001-COAD.grch38.cna.tsv",
            "",
        ),
        ("COLO829", "COLO829", "", "", "", segments, "purple"),
    ]
    lines = ["\t".join(COLUMNS)] + ["\t".join(map(str, row)) for row in rows]
    Path("samples.tsv").write_text("\n".join(lines) + "\n")
    Path("patients.tsv").write_text("patient\n" + "".join(f"{row[0]}\n" for row in rows))
    return {"samples": "samples.tsv", "patients": "patients.tsv"}


def test_real_files_pass(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    trial = read_trial(write_trial(shared_data))
    assert len(trial.samples) == 5
    assert trial.warnings == ()


def test_a_vcf_in_the_place_of_reads_is_refused(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = write_trial(shared_data)
    text = (
        Path("samples.tsv").read_text().replace("reads/CPCT12345678T.bam", "variants/T001-COAD.grch37.vcf.gz")
    )
    Path("samples.tsv").write_text(text)
    with pytest.raises(
        SheetError, match=r"samples.tsv:2 tumor_reads: .*grch37.vcf.gz' is neither BAM nor CRAM"
    ):
        read_trial(config)
