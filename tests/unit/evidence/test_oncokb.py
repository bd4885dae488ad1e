"""OncoKB columns of a user's MAF."""

import pytest

from refractor.errors import VariantFileError
from refractor.evidence.oncokb import read_oncokb

COLUMNS = "Hugo_Symbol\tHGVSp_Short\tONCOGENIC\tLEVEL_R1\tLEVEL_R2"


def test_levels_by_gene_and_change(tmp_path):
    path = tmp_path / "annotated.maf"
    path.write_text(
        f"#version 2.4\n{COLUMNS}\n"
        "KRAS\tp.G12D\tOncogenic\tCetuximab\t\n"
        "BRAF\tp.V600E\tOncogenic\t\t\n"
        "PIK3CA\tp.E545K\t\t\tTrastuzumab\n",
        "utf-8",
    )
    assert read_oncokb(path) == {
        ("KRAS", "G12D"): "R1: Cetuximab; Oncogenic",
        ("PIK3CA", "E545K"): "R2: Trastuzumab",
    }


@pytest.mark.parametrize("text", ["Hugo_Symbol\tHGVSp_Short\nKRAS\tp.G12D\n", "##fileformat=VCFv4.2\n"])
def test_another_file_is_not_oncokbs(tmp_path, text):
    path = tmp_path / "other"
    path.write_text(text, "utf-8")
    assert read_oncokb(path) is None


def test_without_protein_changes(tmp_path):
    path = tmp_path / "annotated.maf"
    path.write_text("Hugo_Symbol\tLEVEL_R1\nKRAS\tCetuximab\n", "utf-8")
    with pytest.raises(VariantFileError, match="has OncoKB columns but lacks HGVSp_Short"):
        read_oncokb(path)


def test_a_folder(tmp_path):
    with pytest.raises(VariantFileError, match="is a directory"):
        read_oncokb(tmp_path)
