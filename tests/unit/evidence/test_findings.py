"""The finished tables of a tumour as values."""

import pytest
from evidence_builders import copies, variant

from refractor.evidence.clonality import Purity
from refractor.evidence.findings import (
    codons_by_place,
    copies_by_gene,
    definitions_by_gene,
    purity_of,
    small_variants,
)
from refractor.evidence.polymorphisms import Polymorphisms
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.variant_tables import CODON_STATUS
from refractor.vocabulary import Clonality, CopyNumberCall, Status, Verdict

PLACE = {"gene": "ERBB2", "chromosome": "17", "start": 10, "end": 20}


def written(tmp_path, table, *rows):
    path = tmp_path / table.name
    table.write(table.from_rows(list(rows)), path, synthetic=False)
    return path


@pytest.mark.parametrize(
    ("cells", "purity"),
    [
        ({"purity": 0.4, "purity_low": 0.3, "purity_high": 0.5, "method": "fitted"}, Purity(0.4, 0.3, 0.5)),
        ({"purity": 0.4, "method": "fitted", "status": "not_assessable"}, Purity()),
        ({"purity": 0.4, "method": "given", "status": "not_assessable"}, Purity(0.4)),
        ({"method": "unknown", "status": "not_assessable"}, Purity()),
    ],
)
def test_purity_is_used_where_it_can_be(tmp_path, cells, purity):
    path = written(tmp_path, PURITY_PLOIDY, {"sample": "T1", "status": "ok", "reason": "why"} | cells)
    assert purity_of(PURITY_PLOIDY.records(path)) == (purity, "why")


def test_a_table_of_purity_without_rows(tmp_path):
    assert purity_of(PURITY_PLOIDY.records(written(tmp_path, PURITY_PLOIDY))) == (
        Purity(),
        "no row of purity",
    )


def test_of_several_sources_the_first_that_can_be_judged(tmp_path):
    path = written(
        tmp_path,
        GENE_COPY_NUMBER,
        PLACE | {"call": "not_assessable", "source": "cnvkit"},
        PLACE | {"call": "amplified", "copy_number": 20.0, "source": "reads", "capped": "yes"},
        PLACE | {"call": "neutral", "copy_number": 2.0, "source": "purple"},
    )
    found = copies_by_gene(GENE_COPY_NUMBER.records(path))
    assert list(found) == ["ERBB2"]
    copies = found["ERBB2"]
    assert (copies.call, copies.source, copies.capped, copies.copy_number_low) == (
        CopyNumberCall.AMPLIFIED,
        "reads",
        True,
        None,
    )


def test_codons_definitions_and_amplicons(tmp_path):
    codons = codons_by_place(
        CODON_STATUS.records(
            written(
                tmp_path,
                CODON_STATUS,
                {"gene": "KRAS", "codon": 12, "status": "mutated", "vaf": 0.2, "depth": 50},
            )
        )
    )
    assert len(codons) == 1
    assert (codons["KRAS", 12].status, codons["KRAS", 12].vaf, codons["KRAS", 12].protein_change) == (
        Status.MUTATED,
        0.2,
        None,
    )
    row = {"gene": "ERBB2", "definition": "6_copies", "verdict": "no"}
    assert definitions_by_gene(
        AMPLIFICATION_DEFINITIONS.records(written(tmp_path, AMPLIFICATION_DEFINITIONS, row))
    ) == {("ERBB2", "6_copies"): Verdict.NO}
    stretch = {"chromosome": "17", "start": 1, "end": 9, "focality": "focal", "genes": "ERBB2, GRB7"}
    (amplicon,) = AMPLICONS.records(written(tmp_path, AMPLICONS, stretch))
    assert (amplicon.genes, amplicon.partial_genes, amplicon.copy_number) == (("ERBB2", "GRB7"), (), None)


@pytest.mark.parametrize(
    ("number", "low", "high", "clonality"),
    [
        (2.0, 1.46, 2.57, Clonality.CLONAL),  # 2 is the only whole number within
        (2.1, 1.6, 2.6, Clonality.CLONAL),
        (
            2.0,
            1.3,
            3.2,
            Clonality.UNKNOWN,
        ),  # on both copies of the greater allele of three, in part of the cells
        (2.4, 2.2, 2.6, Clonality.UNKNOWN),  # mixed cells: the bounds themselves, 2.6 - 1 may be two copies
    ],
)
def test_copies_of_a_cell_are_whole_numbers(number, low, high, clonality):
    measured = copies("KRAS", number, low=low, high=high, minor=1.0)
    hit = variant("KRAS", "G12D", vaf=0.4, depth=150)
    (found,) = small_variants(
        [(hit.observation, hit.consequence)],
        copies={"KRAS": measured},
        purity=Purity(0.8, 0.8, 0.8),
        polymorphisms=Polymorphisms({}),
    )
    assert found.copies.clonality is clonality
