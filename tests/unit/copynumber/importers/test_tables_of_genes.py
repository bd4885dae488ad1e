"""Tables of genes without places: copies, words, levels; a gene that is not named was not looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.copynumber.importers.read_profile import callers_of, import_copy_number
from refractor.errors import CopyNumberFileError
from refractor.genome.builds import GenomeBuild
from refractor.tumor.copy_number import measure_copy_number
from refractor.tumor.inputs import Tumor
from refractor.vocabulary import CopyNumberCall as Call


def put(tmp_path: Path, *rows: str, name: str = "table.tsv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join("\t".join(row.split("|")) for row in rows) + "\n", encoding="utf-8")
    return path


def calls(path: Path, **known: float) -> dict[str, tuple[Call, float | None]]:
    """Call and copies of each gene, of a tumour whose build nothing tells: the table needs none."""
    found = measure_copy_number(Tumor(sample="T1", copy_number=path, **known))  # type: ignore[arg-type]
    return {row.gene: (row.call, row.copy_number) for row in found.tables.genes}


def test_copies_of_a_panels_report(tmp_path: Path) -> None:
    path = put(tmp_path, "Gene|Alteration|Copy Number", "HER2|amplification|16", "MET|gain|5", "KRAS|G12D|")
    found = calls(path)
    assert found["ERBB2"] == (Call.AMPLIFIED, 16.0)
    assert found["MET"][0] is Call.NOT_ASSESSABLE  # 5 copies, of an unknown ploidy
    assert found["EGFR"] == (Call.NOT_ASSESSABLE, None)
    assert calls(path, purity=0.6, ploidy=2.0)["MET"] == (Call.GAINED, 5.0)


def test_words_of_a_report(tmp_path: Path) -> None:
    path = put(
        tmp_path, "Gene|Alteration", "ERBB2|amplification", "PTEN|homozygous deletion", "MET|amplification - equivocal",
        "EGFR|gain", "TP53|R175H",
    )  # fmt: skip
    found = calls(path)
    assert {gene for gene, (call, _) in found.items() if call is not Call.NOT_ASSESSABLE} == {"ERBB2", "PTEN"}
    assert (found["ERBB2"], found["PTEN"]) == ((Call.AMPLIFIED, None), (Call.DELETED, None))


@pytest.mark.parametrize(
    "rows",
    [
        ("Hugo_Symbol|Entrez_Gene_Id|T2|T1", "ERBB2|2064|0|2", "EGFR|1956|2|0", "CDKN2A|1029|0|-2", "MET|4233|0|-1"),
        ("Hugo_Symbol|Cytoband|T1", "ERBB2|17q12|2", "EGFR|7p11|0", "CDKN2A|9p21|-2", "MET|7q31|-1"),
        (
            "Hugo_Symbol|Entrez_Gene_Id|Sample_Id|Value", "ERBB2|2064|T1|2", "ERBB2|2064|T2|0", "EGFR|1956|T2|2",
            "CDKN2A|1029|T1|-2",
        ),
        (
            "Tumor_Sample_Barcode|Hugo_Symbol|Copy_Number_Alteration", "T1|ERBB2|2", "T1|CDKN2A|-2", "T2|EGFR|2",
        ),
    ],
    ids=["wide", "gistic", "long", "oncokb"],
)  # fmt: skip
def test_levels_of_a_portal(tmp_path: Path, rows: tuple[str, ...]) -> None:
    path = put(tmp_path, *rows)
    assert callers_of(path) == ("gene_calls",)
    found = calls(path)
    assert (found["ERBB2"][0], found["CDKN2A"][0]) == (Call.AMPLIFIED, Call.DELETED)
    assert {found["EGFR"][0], found["MET"][0]} == {Call.NOT_ASSESSABLE}


def test_a_table_of_others_and_one_of_nothing(tmp_path: Path) -> None:
    wide = put(tmp_path, "Hugo_Symbol|Entrez_Gene_Id|T8|T9", "ERBB2|2064|0|2")
    with pytest.raises(CopyNumberFileError, match="has no column T1; its columns are t8, t9"):
        import_copy_number(wide, sample="T1")
    report = put(tmp_path, "Gene|Alteration", "KRAS|G12D")
    with pytest.raises(CopyNumberFileError, match="no copies or word of copies"):
        import_copy_number(report, sample="T1")


def test_it_is_of_no_build(tmp_path: Path) -> None:
    path = put(tmp_path, "Gene|Copies", "ERBB2|16")
    for build in GenomeBuild:
        found = measure_copy_number(Tumor(sample="T1", copy_number=path, genome_build=build))
        assert next(row.copy_number for row in found.tables.genes if row.gene == "ERBB2") == 16
