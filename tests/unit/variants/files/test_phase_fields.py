"""Changes of one haplotype as one allele: every way in which programs say phase, and complex alleles in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.transcript import reverse_complement
from refractor.variants.consequences import annotate_observations
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import Observation

B38 = GenomeBuild.GRCH38
FORMATS = "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">\n'
    for name, number, kind in (
        ("GT", 1, "String"), ("AD", "R", "Integer"), ("DP", 1, "Integer"), ("AF", "A", "Float"), ("PS", 1, "Integer"),
        ("PGT", 1, "String"), ("PID", 1, "String"), ("HP", ".", "String"), ("PSL", ".", "String"),
    )
)  # fmt: skip
CONTIGS = "".join(f"##contig=<ID={name},length={size}>\n" for name, size in CONTIG_LENGTHS[B38].items())
V600E, V600M, V600K = "7 140753336 . A T", "7 140753337 . C T", "7 140753336 . AC TT"
CIS, TRANS = "0|1:70,30:100:7", "1|0:70,30:100:7"
UNPHASED = "0/1:70,30:100:."


def called(
    tmp_path: Path, *rows: str, samples: str = "P1", header: str = ""
) -> list[tuple[str, int | None, Observation]]:
    """The protein change, the reads and the observation of what a file says of the tumour P1."""
    path = tmp_path / "calls.vcf"
    columns = "\t".join(
        ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples.split()]
    )
    lines = "".join("\t".join(row.split()) + "\n" for row in rows)
    path.write_text(f"##fileformat=VCFv4.3\n##source=Mutect2\n{header}{CONTIGS}{FORMATS}{columns}\n{lines}")
    panel = load_panel(B38)
    with Reference(None, B38) as reference:
        result = read_small_variants(
            open_variants(path), sample="P1", named_sample="P1", panel=panel, reference=reference
        )
        effects = annotate_observations(result.observations, panel=panel, reference=reference)
    return [
        ("" if effect is None else effect.protein_change, item.alt_reads, item)
        for item, effect in zip(result.observations, effects, strict=True)
    ]


def names(found: list[tuple[str, int | None, Observation]]) -> list[tuple[str, int | None]]:
    return sorted((change, reads) for change, reads, _ in found)


def pair(form: str, one: str, other: str) -> tuple[str, str]:
    """V600E and V600M with the cells of the tumour."""
    return f"{V600E} . PASS . {form} {one}", f"{V600M} . PASS . {form} {other}"


K, APART = [("V600K", 30)], [("V600E", 30), ("V600M", 30)]


@pytest.mark.parametrize(
    ("form", "one", "other", "expected"),
    [
        # an allele has a haplotype for each side: 90 reads on both, 50 of them with the second change
        ("PS", "1|1:10,90:100:7", "0|1:50,50:100:7", [("V600E", 40), ("V600K", 50)]),
        ("PS", "0|1|1:40,60:100:7", "0|0|1:70,30:100:7", [("V600E", 30), ("V600K", 30)]),
        ("PS", "1|1:70,30:100:7", "0|1:70,30:100:7", [("V600E", None), ("V600K", 30)]),  # the counts contradict
        ("PS", "1|1:70,30:100:7", "1|1:70,30:100:7", K),
        (
            "PS",
            "1|1|0:40,60:100:7",
            "0|1|1:40,60:100:7",
            [("V600E", 30), ("V600K", 30), ("V600M", 30)],
        ),
        ("PS", "1:70,30:100:7", "1:70,30:100:7", K),  # one haplotype, one set
        ("PS", "1:70,30:100:.", "1:70,30:100:.", K),  # one haplotype
        ("PS", "1/1:70,30:100:.", "1/1:70,30:100:.", K),  # on all haplotypes
        ("PS", "1/1:70,30:100:.", "0/1:70,30:100:.", APART),
        ("PS", "0|1:70,30:100:.", "0|1:70,30:100:.", K),  # VCF 4.3: one set a contig
        ("PS", "0|1:70,30:100:.", "1|0:70,30:100:.", APART),
        ("PS", "0|1:70,30:100:.", CIS, APART),  # one names its set, the other not
        ("PS", "0/1|1:70,30:100:7", "0|0|1:70,30:100:7", APART),  # phased in part
        ("PS", "0/1:30,70:100:.", "0/1:30,70:100:.", [("V600K", 70)]),  # 0.7 + 0.7: 40 reads at least show both
        ("PS", "0/1:2,98:100:.", "0/1:70,30:100:.", [("V600E", 68), ("V600K", 30)]),
        ("PS", "0/1:45,55:100:.", "0/1:45,55:100:.", [("V600E", 55), ("V600M", 55)]),  # 1.1 by chance
        ("PS", "0|1:30,70:100:7", "1|0:30,70:100:7", [("V600E", 70), ("V600M", 70)]),  # the caller's word
        ("HP", "0/1:70,30:100:7-1,7-2", "0/1:70,30:100:7-1,7-2", K),
        ("HP", "0/1:70,30:100:7-1,7-2", "0/1:70,30:100:7-2,7-1", APART),
        ("HP", "0/1:70,30:100:7-1,7-2", "0/1:70,30:100:9-1,9-2", APART),
        ("HP", "0/1:70,30:100:1", "0/1:70,30:100:1", APART),  # no name of a set
        ("PSL", "0|1:70,30:100:.,c", "0|1:70,30:100:.,c", K),
        ("PGT:PID", "0/1:70,30:100:0|1:7_A_T", "0/1:70,30:100:0|1:7_A_T", K),
        ("PGT:PID", "0/1:70,30:100:0|1:7_A_T", "0/1:70,30:100:1|0:7_A_T", APART),
        ("PGT:PID", "0/1:30,70:100:1|1:7_A_T", "0/1:70,30:100:0|1:7_A_T", [("V600E", 40), ("V600K", 30)]),
        ("PID", "0/1:70,30:100:7_A_T", "0/1:70,30:100:7_A_T", K),
    ],
)  # fmt: skip
def test_two_substitutions_of_one_codon(
    tmp_path: Path, form: str, one: str, other: str, expected: list[tuple[str, int | None]]
) -> None:
    found = called(tmp_path, *pair(f"GT:AD:DP:{form}", one, other))
    assert names(found) == expected
    assert all(item.notes for _, _, item in found)  # never apart, nor together, in silence


@pytest.mark.parametrize(
    ("double", "single", "expected"),
    [
        (CIS, CIS, K),
        ("0|1:90,10:100:7", "0|1:60,40:100:7", [("V600E", 30), ("V600K", 10)]),  # 30 reads show the one change only
        (CIS, TRANS, [("V600E", 30), ("V600K", 30)]),
        (UNPHASED, UNPHASED, [("V600E", 30), ("V600K", 30)]),
        ("0/1:20,80:100:.", "0/1:20,80:100:.", [("V600K", 80)]),
    ],
)  # fmt: skip
def test_a_substitution_beside_a_record_that_holds_it(
    tmp_path: Path, double: str, single: str, expected: list[tuple[str, int | None]]
) -> None:
    rows = [f"{V600K} . PASS . GT:AD:DP:PS {double}", f"{V600E} . PASS . GT:AD:DP:PS {single}"]
    found = called(tmp_path, *rows)
    assert names(found) == expected
    assert all(item.notes for _, _, item in found)


def test_parts_that_the_file_also_has_as_one(tmp_path: Path) -> None:
    rows = [f"{V600K} . PASS . GT:AD:DP:PS {UNPHASED}", *pair("GT:AD:DP:PS", CIS, CIS)]
    ((change, reads, item),) = called(tmp_path, *rows)
    assert (change, reads) == ("V600K", 30)
    assert "which the file has as one too" in item.notes[0]


def test_two_alleles_of_one_record_on_two_haplotypes(tmp_path: Path) -> None:
    found = called(tmp_path, "7 140753336 . AC TC,AT . PASS . GT:AD:DP:PS 1|2:40,30,30:100:7")
    assert names(found) == APART


def test_an_inherited_change_on_the_haplotype_of_a_somatic_one_stays_inherited(tmp_path: Path) -> None:
    rows = pair("GT:AD:DP:PS", f"{CIS} 0|0:50,0:50:7", "0|1:50,50:100:7 0|1:25,25:50:7")
    found = called(
        tmp_path, *rows, samples="P1 N1", header="##normal_sample=N1\n##tumor_sample=P1\n"
    )  # the tumour's allele reads AAG, its normal's ATG
    assert [(change, item.germline_likely) for change, _, item in found] == [
        ("V600K", False),
        ("V600M", True),
    ]


def at(gene: str, offset: int, removed: int, inserted: str, cell: str) -> str:
    """A record that replaces `removed` coding bases from `offset` (0-based) on, of either strand."""
    there = load_panel(B38).genes[gene]
    with Reference(None, B38) as reference:
        places = [there.coding_position(offset + index) for index in range(removed)] or [
            max(there.coding_position(offset - 1), there.coding_position(offset))
        ]
        start, end = min(places), max(places) + (1 if removed else 0)
        bases = inserted if there.strand == "+" else reverse_complement(inserted)
        ref = reference.fetch(there.chromosome, start, end)
        if len(ref) != len(bases):
            start -= 1
            anchor = reference.fetch(there.chromosome, start, start + 1)
            ref, bases = anchor + ref, anchor + bases
    return f"{there.chromosome} {start + 1} . {ref} {bases} . PASS . GT:AD:DP:PS {cell}"


def in_order(*rows: str) -> list[str]:
    return sorted(rows, key=lambda row: int(row.split()[1]))


# EGFR exon 19, c.2233: AAG GAA TTA AGA GAA GCA ACA TCT, codons 745 to 752
@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("EGFR", 2238, 9, ""), ("EGFR", 2247, 1, "C")], ["L747_A750delinsP"]),  # COSMIC c.2239_2248delinsC
        ([("EGFR", 2235, 15, ""), ("EGFR", 2251, 1, "T")], ["E746_T751delinsI"]),
        # GAA del A, then A put in after GCA: the frame is lost for four codons
        ([("EGFR", 2240, 1, ""), ("EGFR", 2250, 0, "A")], ["R748_A750delinsEKQ"]),
        ([("EGFR", 2240, 1, ""), ("EGFR", 2246, 1, ""), ("EGFR", 2252, 1, "")], ["R748_T751delinsESN"]),
        # ERBB2 GTG GGC TCC: GGC > TTC, one base of it in each record
        ([("ERBB2", 2331, 1, "T"), ("ERBB2", 2332, 1, "T")], ["G778F"]),
        # BRAF N581, AAT: its first base ends one exon, the others begin the next
        ([("BRAF", 1740, 1, "C"), ("BRAF", 1741, 1, "C")], ["N581P"]),
        ([("BRAF", 1740, 1, "C"), ("BRAF", 1742, 1, "C")], ["N581H"]),
        ([("BRAF", 1741, 1, "C"), ("BRAF", 1742, 1, "C")], ["N581T"]),
        # BRAF CTA GCT ACA GTG, L597 to V600: CTT AGC TAC AG., so that V600E behind the added T is not read; before it it is
        ([("BRAF", 1790, 0, "T"), ("BRAF", 1798, 1, "A")], ["A598Sfs*14"]),
        ([("BRAF", 1798, 1, "A"), ("BRAF", 1806, 0, "T")], ["R603Sfs*9", "V600E"]),
        # two codons are two changes, whatever haplotype they lie on
        ([("BRAF", 1799 - 1, 1, "A"), ("BRAF", 1801, 1, "T")], ["K601I", "V600E"]),
    ],
)  # fmt: skip
def test_pieces_of_one_allele(
    tmp_path: Path, pieces: list[tuple[str, int, int, str]], expected: list[str]
) -> None:
    found = called(tmp_path, *in_order(*(at(*piece, CIS) for piece in pieces)))
    assert sorted(change for change, _, _ in found) == expected
    assert {reads for _, reads, _ in found} == {30}
    if len(pieces) > 2:
        return
    cells = (CIS, TRANS)
    apart = called(
        tmp_path, *in_order(*(at(*piece, cell) for piece, cell in zip(pieces, cells, strict=True)))
    )
    assert len(apart) == 2


def test_neighbours_over_an_intron_without_a_phase_are_noted(tmp_path: Path) -> None:
    rows = in_order(at("BRAF", 1740, 1, "C", UNPHASED), at("BRAF", 1741, 1, "C", UNPHASED))
    found = called(tmp_path, *rows)
    assert names(found) == [("N581H", 30), ("N581T", 30)]
    assert all("together BRAF N581P" in item.notes[0] for _, _, item in found)
