"""A file that names another row's sample is asked about; a name that no row has says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.identity.snp_counts import SampleAlleles, read_alleles, write_alleles
from refractor.identity.written_names import names_of_other_rows

PATIENT_OF = {"T1": "P1", "T2": "P2", "T2b": "P2", "T3": "P3"}


def named(**files: tuple[str, ...]) -> SampleAlleles:
    return SampleAlleles(GenomeBuild.GRCH38, written_names=files)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"small_variants": ("T3",)}, "small_variants names T3, which is T3 of patient P3"),
        ({"tumor_reads": ("P3",)}, "tumor_reads names P3, which is T3 of patient P3"),
        ({"small_variants": ("TUMOR",)}, None),
        ({"small_variants": ("T2",)}, None),
        ({"copy_number": ("T3", "T2")}, None),  # the table holds the row's own sample too
        ({"small_variants": ("T2b",)}, None),  # another sample of the same patient
        (
            {"small_variants": ("T1",), "copy_number": ("T1",)},
            "small_variants names T1, which is T1 of patient P1; copy_number names T1, which is T1 of patient P1",
        ),
        ({}, None),
    ],
)
def test_only_the_name_of_another_row_is_told(files: dict[str, tuple[str, ...]], told: str | None) -> None:
    found = {"T1": [named(small_variants=("T1",))], "T2": [named(**files)], "T3": []}
    assert names_of_other_rows(found, PATIENT_OF) == ({} if told is None else {"T2": told})


def test_names_are_kept_with_the_alleles(tmp_path: Path) -> None:
    write_alleles(named(copy_number=("T9",)), tmp_path / "genotypes.npz", synthetic=True)
    again = read_alleles(tmp_path / "genotypes.npz")
    assert again.written_names == {"copy_number": ("T9",)}
    assert again.genomes == {}
