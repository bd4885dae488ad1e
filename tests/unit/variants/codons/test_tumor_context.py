from __future__ import annotations

from pathlib import Path

import pytest

from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY
from refractor.results.mixture import Mixture
from refractor.results.quality import COPY_NUMBER_QC
from refractor.variants.codons.tumor_context import TumorContext, read_tumor_context


def purity_table(folder: Path, **cells) -> Path:
    path = folder / "purity_ploidy.tsv"
    row = {"sample": "S", "method": "given", "status": "ok"} | cells
    PURITY_PLOIDY.write(PURITY_PLOIDY.from_rows([row]), path, synthetic=False)
    return path


def copies_table(folder: Path, *rows: tuple[str, float | None, float | None]) -> Path:
    path = folder / "gene_copy_number.tsv"
    cells = [
        {
            "gene": gene,
            "chromosome": "1",
            "start": 0,
            "end": 1,
            "copy_number": total,
            "minor_copy_number": minor,
            "call": "neutral",
            "source": f"s{n}",
        }
        for n, (gene, total, minor) in enumerate(rows)
    ]
    GENE_COPY_NUMBER.write(GENE_COPY_NUMBER.from_rows(cells), path, synthetic=False)
    return path


def test_nothing_known():
    context = read_tumor_context(None, None)
    assert (context.purity, dict(context.copies)) == (None, {})
    expectation = context.expectation("KRAS", assumed_purity=0.2)
    assert expectation.vaf == pytest.approx(0.1)
    assert len(expectation.remarks) == 2
    assert context.inherited_vafs("KRAS") == (0.5,)


def test_purity_that_was_judged_unusable_is_unknown(tmp_path):
    assert read_tumor_context(purity_table(tmp_path, purity=0.4), None).purity == 0.4
    given = purity_table(tmp_path, purity=0.4, status="not_assessable")
    assert read_tumor_context(given, None).purity == 0.4
    unusable = purity_table(tmp_path, purity=0.4, status="not_assessable", method="fitted")
    assert read_tumor_context(unusable, None).purity is None
    assert read_tumor_context(purity_table(tmp_path), None).purity is None


def test_of_two_sources_the_one_with_more_copies_counts(tmp_path):
    table = copies_table(
        tmp_path, ("ERBB2", 9.0, 1.0), ("ERBB2", 12.0, None), ("KRAS", 2.0, 1.0), ("NRAS", None, None)
    )
    context = read_tumor_context(None, table)
    assert context.copies == {"ERBB2": 12.0, "KRAS": 2.0}
    assert context.minor_copies == {"KRAS": 1.0}


def test_negative_copies_count_as_none(tmp_path):
    context = read_tumor_context(None, copies_table(tmp_path, ("PTEN", -0.2, -0.1)))
    assert context.copies == {"PTEN": 0.0}
    # a gene that is lost cannot carry a variant; one copy is the least that can
    assert context.expectation("PTEN", assumed_purity=0.5).vaf == pytest.approx(0.5 / 1.5)


def test_inherited_vafs_follow_the_copies():
    context = TumorContext(0.7, {"ERBB2": 9.0, "KRAS": 2.0}, {"ERBB2": 1.0, "KRAS": 1.0})
    # (0.7 x 1 + 0.3) / (6.3 + 0.6) = 0.1449 and (5.6 + 0.3) / 6.9 = 0.8551
    assert context.inherited_vafs("ERBB2") == pytest.approx((0.1449, 0.8551), abs=1e-4)
    assert context.inherited_vafs("KRAS") == pytest.approx((0.5,))
    assert context.inherited_vafs("TP53") == (0.5,)


def test_power_rests_on_the_ends_of_the_ranges(tmp_path):
    """Purity 0.4 (0.3-0.5) and 4 copies (3.5-5): on one of 5 at 0.3 the VAF is 0.3 / (1.5 + 1.4) = 0.1034."""
    purity = purity_table(tmp_path, purity=0.4, purity_low=0.3, purity_high=0.5)
    row = {
        "gene": "KRAS",
        "chromosome": "12",
        "start": 0,
        "end": 1,
        "copy_number": 4.0,
        "copy_number_low": 3.5,
        "copy_number_high": 5.0,
        "call": "gained",
        "source": "reads",
    }
    copies = tmp_path / "gene_copy_number.tsv"
    GENE_COPY_NUMBER.write(GENE_COPY_NUMBER.from_rows([row]), copies, synthetic=False)
    expectation = read_tumor_context(purity, copies).expectation("KRAS", assumed_purity=0.2)
    assert expectation.vaf == pytest.approx(0.1034, abs=1e-4)
    assert "1 of 5 copies at purity 0.3, the ends of their 95 % ranges, would have" in expectation.described()
    exact = read_tumor_context(purity_table(tmp_path, purity=0.4), None)
    assert "range" not in exact.expectation("KRAS", assumed_purity=0.2).described()


def test_a_callers_purity_without_a_range_is_no_surer_than_one_with_it(tmp_path):
    context = read_tumor_context(purity_table(tmp_path, purity=0.4, method="imported"), None)
    assert (context.purity, context.least_purity) == (0.4, pytest.approx(0.3))


def quality_table(folder: Path, *rows: tuple[str, float, str]) -> Path:
    path = folder / "copy_number_qc.tsv"
    cells = [{"metric": metric, "value": value, "status": status} for metric, value, status in rows]
    COPY_NUMBER_QC.write(COPY_NUMBER_QC.from_rows(cells), path, synthetic=False)
    return path


def test_what_the_reads_hold_besides_comes_from_the_quality_that_is_warned_of(tmp_path):
    rows = [
        ("tumor_contamination", 0.1, "warn"),
        ("normal_contamination", 0.02, "pass"),
        ("tumor_in_normal", 0.2, "warn"),
        ("windows_used", 5.0, "pass"),
    ]
    context = read_tumor_context(None, None, quality_table(tmp_path, *rows))
    assert context.mixture == Mixture(foreign_dna=0.1, tumor_in_normal=0.2)
    assert context.origins("KRAS").inherited_vafs == (0.45,)


def test_foreign_cells_carry_none_of_the_patients_alleles():
    """Purity 0.4, ploidy 3: 0.1 of the DNA is 0.1 x (1.2 + 1.2) / 2 = 0.12 of the cells."""
    mixture = Mixture(foreign_dna=0.1, tumor_in_normal=0.2)
    context = TumorContext(0.4, {"TP53": 1.0}, {"TP53": 0.0}, ploidy=3.0, mixture=mixture)
    origins = context.origins("TP53")
    # in the mean cell 0.4 + 1.2 copies; 0.4 x 0 or 1, and 0.6 - 0.12 normal cells with one
    assert origins.inherited_vafs == pytest.approx((0.48 / 1.6, 0.88 / 1.6))
    assert origins.foreign_vaf == pytest.approx(0.12 / 1.6)
    # of a somatic variant in 0.2 of the normal's cells, 0.2 / 1.8, of its VAF 0.4 / 1.6 in the tumour
    assert origins.share_in_normal == pytest.approx((0.2 / 1.8) / (0.4 / 1.6))
