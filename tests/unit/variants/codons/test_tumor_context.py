from __future__ import annotations

from pathlib import Path

import pytest

from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY
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
