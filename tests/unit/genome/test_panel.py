"""The shipped panel: genes, codons and alleles against published coordinates and the shipped sequence."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.files.resources import shipped_rows
from refractor.genome.amino_acids import translate
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import PANEL, Gene, Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.consequences import annotate

GRCH37, GRCH38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
NAMED_BY_THE_RULES = """
KRAS NRAS HRAS BRAF MAP2K1 NF1 MAPK1 RAF1 RASA1 PIK3CA PIK3R1 PTEN AKT1 AKT2 AKT3 ERBB2 EGFR
MET HGF ERBB3 NRG1 FGFR1 FGFR2 IGF1R KIT PDGFRA IRS2 CCNE1 CCND1 CDK4 CDK6 CDKN2A RB1 TP53 APC
SMAD4 FBXW7 TCF7L2 B2M HLA-A HLA-B HLA-C JAK1 JAK2 FCGR3A FCGR2A CDK12 GRB7 TOP2A MIEN1 PGAP3
STARD3 PPM1D
"""


@pytest.fixture(params=list(GenomeBuild))
def panel(request: pytest.FixtureRequest) -> Panel:
    return load_panel(request.param)


def test_every_gene_the_rules_name_is_there(panel: Panel) -> None:
    assert len(panel.genes) == 62
    assert not set(NAMED_BY_THE_RULES.split()) - panel.genes.keys()
    assert len({gene.entrez_id for gene in panel.genes.values()}) == 62


def test_identifiers(panel: Panel) -> None:
    kras = panel.genes["KRAS"]
    assert (kras.entrez_id, kras.hgnc_id) == (3845, "HGNC:6407")
    assert (kras.transcript, kras.ensembl_transcript, kras.protein) == (
        "NM_004985.5",
        "ENST00000311936.8",
        "NP_004976.2",
    )
    assert panel.genes["BRAF"].transcript == "NM_004333.6"
    assert panel.genes["ERBB2"].transcript == "NM_004448.4"
    assert panel.genes["ERBB2"].role == "oncogene"


@pytest.mark.parametrize(
    ("symbol", "residues"),
    [  # UniProt canonical lengths of the MANE proteins
        ("KRAS", 188),
        ("NRAS", 189),
        ("HRAS", 189),
        ("BRAF", 766),
        ("ERBB2", 1255),
        ("EGFR", 1210),
        ("PIK3CA", 1068),
        ("PTEN", 403),
        ("TP53", 393),
        ("AKT1", 480),
        ("AKT3", 479),
        ("MAP2K1", 393),
        ("CDKN2A", 156),
        ("FCGR3A", 254),
    ],
)
def test_protein_lengths(panel: Panel, symbol: str, residues: int) -> None:
    assert panel.genes[symbol].protein_length == residues


def test_models_are_sound(panel: Panel) -> None:
    assert len(panel.genes) >= 45
    for gene in panel.genes.values():
        assert gene.strand in {"+", "-"}
        assert gene.start == gene.exons[0][0] < gene.end == gene.exons[-1][1]
        assert gene.end <= CONTIG_LENGTHS[panel.build][gene.chromosome]
        assert all(left[1] < right[0] for left, right in pairwise(gene.exons))
        assert gene.cds_length % 3 == 0
        assert all(any(a <= start < end <= b for a, b in gene.exons) for start, end in gene.cds)


@pytest.mark.parametrize(
    ("symbol", "codon", "chromosome", "positions"),
    [  # GRCh37, 1-based, first to last, from cancerhotspots v2; ranges there hold only mutated bases
        ("KRAS", 12, "12", (25398285, 25398284, 25398283)),
        ("KRAS", 13, "12", (25398282, 25398281, 25398280)),
        ("KRAS", 59, "12", (25380283, 25380282, 25380281)),
        ("KRAS", 61, "12", (25380277, 25380276, 25380275)),
        ("KRAS", 117, "12", (25378649, 25378648, 25378647)),
        ("KRAS", 146, "12", (25378562, 25378561, 25378560)),
        ("NRAS", 12, "1", (115258748, 115258747, 115258746)),
        ("NRAS", 61, "1", (115256530, 115256529, 115256528)),
        ("BRAF", 600, "7", (140453137, 140453136, 140453135)),
        ("BRAF", 594, "7", (140453155, 140453154, 140453153)),
        ("BRAF", 469, "7", (140481403, 140481402, 140481401)),
        ("PIK3CA", 542, "3", (178936082, 178936083, 178936084)),
        ("PIK3CA", 545, "3", (178936091, 178936092, 178936093)),
        ("PIK3CA", 1047, "3", (178952084, 178952085, 178952086)),
        ("ERBB2", 310, "17", (37868207, 37868208, 37868209)),
        ("ERBB2", 755, "17", (37880219, 37880220, 37880221)),
        ("ERBB2", 842, "17", (37881332, 37881333, 37881334)),
        ("MAP2K1", 57, "15", (66727453, 66727454, 66727455)),
    ],
)
def test_codons_lie_where_published(
    symbol: str, codon: int, chromosome: str, positions: tuple[int, int, int]
) -> None:
    gene = load_panel(GRCH37).genes[symbol]
    assert gene.chromosome == chromosome
    assert tuple(at + 1 for at in gene.codon_positions(codon)) == positions


def test_a_codon_may_be_split_by_an_intron() -> None:
    first, second, third = load_panel(GRCH37).genes["BRAF"].codon_positions(581)
    assert second - third == 1
    assert first - second > 700


@given(st.data())
def test_coding_offsets_and_positions_are_inverse(data: st.DataObject) -> None:
    gene = data.draw(st.sampled_from(list(load_panel(GRCH38).genes.values())), label="gene")
    offset = data.draw(st.integers(0, gene.cds_length - 1))
    position = gene.coding_position(offset)
    assert gene.coding_offset(position) == offset
    assert position in gene.codon_positions(offset // 3 + 1)


def test_outside_the_coding_sequence() -> None:
    gene = load_panel(GRCH38).genes["KRAS"]
    assert gene.coding_offset(gene.start) is None  # 3' untranslated
    assert gene.coding_offset(gene.cds[0][1]) is None  # intron
    assert gene.coding_offset(gene.cds[-1][1] - 1) == 0  # A of ATG, minus strand
    with pytest.raises(IndexError):
        gene.codon_positions(gene.protein_length + 2)
    with pytest.raises(IndexError):
        gene.coding_position(-1)


def _coding_bases(gene: Gene, codon: int, reference: Reference) -> str:
    plus = "".join(reference.fetch(gene.chromosome, at, at + 1) for at in gene.codon_positions(codon))
    return plus if gene.strand == "+" else plus.translate(COMPLEMENT)


def test_decisive_codons(panel: Panel) -> None:
    codons = panel.decisive_codons
    assert len(codons) == 32
    ras = [(codon.gene, codon.codon) for codon in codons if codon.criterion == "RAS"]
    assert ras == [(gene, codon) for gene in ("KRAS", "NRAS", "HRAS") for codon in (12, 13, 59, 61, 117, 146)]
    assert not [codon for codon in codons if codon.criterion == "RAS" and codon.functional_classes]
    classes = {codon.codon: codon.functional_classes for codon in codons if codon.criterion == "BRAF"}
    assert len(classes) == 14
    assert classes[600] == (1,)
    assert classes[469] == (2, 3)
    assert classes[594] == (3,)
    with Reference(None, panel.build) as reference:
        for codon in codons:
            gene = panel.genes[codon.gene]
            assert codon.positions == gene.codon_positions(codon.codon)
            assert codon.chromosome == gene.chromosome
            assert translate(_coding_bases(gene, codon.codon, reference)) == codon.amino_acid


def test_every_shipped_coding_sequence_translates(panel: Panel) -> None:
    status = {"complete": 0, "partial": 0, "unknown": 0}
    with Reference(None, panel.build) as reference:
        for gene in panel.genes.values():
            coding = "".join(reference.fetch(gene.chromosome, start, end) for start, end in gene.cds)
            if gene.strand == "-":
                coding = coding.translate(COMPLEMENT)[::-1]
            protein = translate(coding)
            known = len(coding) - coding.count("N")
            kind = "complete" if known == len(coding) else "partial" if known else "unknown"
            status[kind] += 1
            assert "*" not in protein[:-1], gene.symbol
            if kind == "complete":
                assert protein.startswith("M"), gene.symbol
                assert protein.endswith("*"), gene.symbol
                assert len(protein) == gene.protein_length + 1
    assert status == {"complete": 21, "partial": 14, "unknown": 27}


def test_ras_proteins_begin_alike() -> None:
    # residues 1-86 of the three RAS proteins are one sequence but for what is known to differ after 86
    panel = load_panel(GRCH38)
    with Reference(None, GRCH38) as reference:
        starts = {
            name: "".join(
                translate(_coding_bases(panel.genes[name], codon, reference)) for codon in range(1, 87)
            )
            for name in ("KRAS", "NRAS", "HRAS")
        }
    assert starts["KRAS"][:61] == "MTEYKLVVVGAGGVGKSALTIQLIQNHFVDEYDPTIEDSYRKQVVIDGETCLLDILDTAGQ"
    assert starts["KRAS"] == starts["NRAS"] == starts["HRAS"]


@pytest.mark.parametrize(
    ("chromosome", "position", "ref", "alt", "gene", "change"),
    [  # GRCh37, 1-based as published
        ("7", 140453136, "A", "T", "BRAF", "V600E"),
        ("7", 140453136, "AC", "TT", "BRAF", "V600K"),  # GTG to AAG, minus strand
        ("7", 140453136, "AC", "CT", "BRAF", "V600R"),  # GTG to AGG
        ("12", 25398284, "C", "T", "KRAS", "G12D"),
        ("12", 25398285, "C", "A", "KRAS", "G12C"),
        ("12", 25398284, "CC", "AA", "KRAS", "G12F"),  # GGT to TTT
        ("1", 115256530, "G", "T", "NRAS", "Q61K"),
        ("3", 178936091, "G", "A", "PIK3CA", "E545K"),
        ("3", 178952085, "A", "G", "PIK3CA", "H1047R"),
        ("14", 105246551, "C", "T", "AKT1", "E17K"),
        ("17", 37868208, "C", "T", "ERBB2", "S310F"),
        ("17", 37880220, "T", "C", "ERBB2", "L755S"),
        ("17", 37880984, "A", "ATACGTGATGGCT", "ERBB2", "Y772_A775dup"),
        ("15", 66727455, "G", "C", "MAP2K1", "K57N"),
    ],
)
def test_hotspot_alleles(chromosome: str, position: int, ref: str, alt: str, gene: str, change: str) -> None:
    spot = load_panel(GRCH37).hotspot_at(chromosome, position - 1, ref, alt)
    assert spot is not None
    assert (spot.gene, spot.protein_change) == (gene, change)


def test_sources_of_an_allele() -> None:
    panel = load_panel(GRCH37)
    by_both = panel.hotspot_at("7", 140_453_135, "A", "T")
    by_table = panel.hotspot_at("15", 66_729_152, "T", "A")
    by_rule = panel.hotspot_at("1", 115_252_203, "C", "T")
    assert by_both is not None
    assert by_table is not None
    assert by_rule is not None
    assert (by_both.protein_change, by_both.source) == ("V600E", "MAPK-5,cancerhotspots")
    assert (by_table.protein_change, by_table.source) == ("C121S", "cancerhotspots")  # MAP2K1, not shipped
    assert (by_rule.protein_change, by_rule.source) == ("A146T", "MAPK-2")  # NRAS


def test_what_is_no_hotspot_is_none(panel: Panel) -> None:
    v600 = panel.genes["BRAF"].codon_positions(600)[1]
    assert panel.hotspot_at("7", v600, "A", "T") is not None
    assert panel.hotspot_at("7", v600, "A", "N") is None
    assert panel.hotspot_at("8", v600, "A", "T") is None


def test_functional_classes() -> None:
    class_of = {
        row["amino_acid"] + row["codon"] + changed: int(row["functional_class"])
        for row in shipped_rows(PANEL / "listed_changes.tsv")
        if row["functional_class"]
        for changed in row["changed_to"].split(",")
    }
    assert len(class_of) == 48  # 6 of class 1, 15 of class 2, 27 of class 3
    expected = {
        "V600E": 1,
        "V600K": 1,
        "K601E": 2,
        "G469A": 2,
        "L597R": 2,
        "G469E": 3,
        "D594G": 3,
        "G466V": 3,
    }
    assert {change: class_of[change] for change in expected} == expected


def test_hotspots_reference_bases_and_names_agree_with_the_sequence(panel: Panel) -> None:
    known = named = 0
    with Reference(None, panel.build) as reference:
        for spot in panel.hotspots:
            seen = reference.fetch(spot.chromosome, spot.position, spot.position + len(spot.ref))
            assert all(
                base in ("N", seen_base) or seen_base == "N"
                for base, seen_base in zip(spot.ref, seen, strict=True)
            )
            known += "N" not in seen
            assert spot.ref[-1] != spot.alt[-1] or min(len(spot.ref), len(spot.alt)) == 1  # trimmed
            assert (spot.ref[0] != spot.alt[0]) == (len(spot.ref) == len(spot.alt))
            change = re.fullmatch(r"([A-Z])(\d+)([A-Z*])", spot.protein_change)
            if change is None or len(spot.ref) != len(spot.alt):
                continue
            gene, codon = panel.genes[spot.gene], int(change[2])
            bases = list(_coding_bases(gene, codon, reference))
            at = {position: index for index, position in enumerate(gene.codon_positions(codon))}
            if "N" in bases or any(spot.position + step not in at for step in range(len(spot.ref))):
                continue
            assert translate("".join(bases)) == change[1]
            for step, base in enumerate(spot.alt):
                new = base if gene.strand == "+" else base.translate(COMPLEMENT)
                bases[at[spot.position + step]] = new
            assert translate("".join(bases)) == change[3], spot
            named += 1
    assert len(panel.hotspots) == len({(s.chromosome, s.position, s.ref, s.alt) for s in panel.hotspots})
    assert len(panel.hotspots) > 2600
    assert known > 0.95 * len(panel.hotspots)
    assert named > 0.9 * len(panel.hotspots)


def test_both_builds_hold_the_same_alleles() -> None:
    def alleles(build: GenomeBuild) -> set[tuple[str, str, str, str]]:
        return {(spot.gene, spot.protein_change, spot.ref, spot.alt) for spot in load_panel(build).hotspots}

    assert alleles(GRCH37) == alleles(GRCH38)


def test_germline_sites() -> None:
    sites = {site.rsid: site for site in load_panel(GRCH38).germline_sites}
    assert len(sites) == 3
    # dbSNP: rs396991 chr1:161544752 A>C, rs1801274 chr1:161509955 A>G, rs1050501 chr1:161674008 T>C, 1-based on GRCh38
    assert (sites["rs396991"].position + 1, sites["rs396991"].ref, sites["rs396991"].alt) == (
        161544752,
        "A",
        "C",
    )
    assert (sites["rs1801274"].position + 1, sites["rs1801274"].ref, sites["rs1801274"].alt) == (
        161509955,
        "A",
        "G",
    )
    assert {site.rsid: site.position + 1 for site in load_panel(GRCH37).germline_sites} == {
        "rs396991": 161514542,
        "rs1801274": 161479745,
        "rs1050501": 161643798,
    }
    # no gene lies between the three that differs in length between the builds
    moved = {
        site.position - on_37.position
        for site, on_37 in zip(
            load_panel(GRCH38).germline_sites, load_panel(GRCH37).germline_sites, strict=True
        )
    }
    assert len(moved) == 1


def test_genes_of_which_fusions_alone_are_told(panel: Panel) -> None:
    assert list(panel.fusion_genes) == ["NTRK1", "NTRK2", "NTRK3", "ALK", "ROS1", "RET", "FGFR3"]
    assert not panel.fusion_genes.keys() & panel.genes.keys()
    assert panel.break_codons.keys() == panel.fusion_genes.keys()
    for gene in panel.fusion_genes.values():
        assert gene.cds_length % 3 == 0
        assert panel.break_codons[gene.symbol][1] <= gene.protein_length


def test_genes_at(panel: Panel) -> None:
    erbb2 = panel.genes["ERBB2"]
    near = [gene.symbol for gene in panel.genes_at("17", erbb2.start - 60_000, erbb2.end + 60_000)]
    assert {"ERBB2", "PGAP3", "MIEN1", "GRB7", "TCAP", "PNMT", "STARD3"} <= set(near)
    assert [gene.symbol for gene in panel.genes_at("17", erbb2.start, erbb2.start + 1)] == ["ERBB2"]
    assert erbb2 not in panel.genes_at("17", erbb2.end, erbb2.end + 1)
    assert panel.genes_at("17", 0, 1) == ()
    assert panel.genes_at("1", erbb2.start, erbb2.end) == ()


def test_the_annotator_gives_every_hotspot_its_name(panel: Panel) -> None:
    variants = [Variant(spot.chromosome, spot.position, spot.ref, spot.alt) for spot in panel.hotspots]
    with Reference(None, panel.build) as reference:
        consequences = annotate(variants, panel=panel, reference=reference)
    assert len(consequences) > 2600
    differing = [
        (spot.gene, spot.protein_change, consequence and consequence.protein_change)
        for spot, consequence in zip(panel.hotspots, consequences, strict=True)
        if consequence is None
        or (consequence.gene, consequence.protein_change) != (spot.gene, spot.protein_change)
    ]
    assert differing == []
