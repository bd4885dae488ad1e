"""The caller end to end on simulated reads of a few exons: every kind of variant, and what must not be called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from alignment_files import Read, bam_writer

from refractor.genome.builds import GenomeBuild
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.reads.alignment import open_alignment
from refractor.variants.calling.caller import ReadsCalls, call_reads
from refractor.variants.calling.judged_candidates import is_hotspot
from refractor.variants.codons.codon_reads import ReadSettings
from refractor.variants.codons.tumor_context import TumorContext
from refractor.variants.consequences import annotate
from synthetic.events import SpikedVariant
from synthetic.genomes import Depths, Seeds, simulate_panel_reads
from synthetic.territory import Region
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
EXONS = {"KRAS": (2, 3), "BRAF": (3,), "ERBB2": (7, 19), "PTEN": (4,), "NF1": (8, 17), "TP53": (6, 7)}
"""Exons by their rank along the genome."""

SOMATIC = {
    "G12F": ("12", 25245349, "CC", "AA"),
    "A59_G60delinsTR": ("12", 25227345, "CTGC", "GTGT"),  # two substitutions in neighbouring codons
    "V600K": ("7", 140753335, "AC", "TT"),
    "Y772_A775dup": ("17", 39724730, "A", "ATACGTGATGGCT"),
    "S310F": ("17", 39711954, "C", "T"),
}


def exon_regions() -> list[Region]:
    genes = load_panel(BUILD).genes
    return [
        Region(genes[symbol].chromosome, *genes[symbol].cds[index])
        for symbol, indices in EXONS.items()
        for index in indices
    ]


def call(tumor: Path, normal: Path | None, context: TumorContext | None = None) -> ReadsCalls:
    with Reference(None, BUILD) as reference, open_alignment(tumor, reference=None) as opened:
        settings, panel, known = ReadSettings(), load_panel(BUILD), context or TumorContext()
        if normal is None:
            return call_reads(
                opened, normal=None, panel=panel, reference=reference, settings=settings, context=known
            )
        with open_alignment(normal, reference=None) as other:
            return call_reads(
                opened, normal=other, panel=panel, reference=reference, settings=settings, context=known
            )


def spiked(variant: Variant, **more) -> SpikedVariant:
    return SpikedVariant(variant.chromosome, variant.position, variant.ref, variant.alt, **more)


def changes(calls: ReadsCalls) -> dict[str, Variant]:
    """Variants that pass and are not inherited, by protein change."""
    passed = [o.variant for o in calls.observations if not o.filters and not o.germline_likely]
    with Reference(None, BUILD) as reference:
        effects = annotate(passed, panel=load_panel(BUILD), reference=reference)
    return {effect.protein_change: v for effect, v in zip(effects, passed, strict=True) if effect}


@pytest.fixture(scope="module")
def first_pair(tmp_path_factory):
    """Purity 0.3 (VAF 0.15): substitutions, an exon 20 insertion, and an inherited SNP."""
    folder = tmp_path_factory.mktemp("first")
    variants = [SpikedVariant(*allele) for allele in SOMATIC.values()]
    variants.append(SpikedVariant("17", 7676153, "G", "C", germline=True))  # TP53 P72R, rs1042522
    variants.append(SpikedVariant("17", 7676060, "T", "G", germline=True))  # not in the list
    paths = (folder / "t.bam", folder / "n.bam")
    truth = TumorTruth("S", BUILD, 0.3, variants=tuple(variants))
    simulate_panel_reads(
        truth,
        tumor_path=paths[0],
        normal_path=paths[1],
        depths=Depths(130, 100),
        seeds=Seeds(1, 5),
        regions=exon_regions(),
    )
    return paths


def test_substitutions_and_an_insertion_are_called_as_single_alleles(first_pair):
    calls = call(*first_pair)
    assert {name: (v.chromosome, v.position, v.ref, v.alt) for name, v in changes(calls).items()} == SOMATIC
    by_variant = {o.variant: o for o in calls.observations}
    for allele in SOMATIC.values():
        found = by_variant[Variant(*allele)]
        assert found.vaf == pytest.approx(0.15, abs=0.1)
        assert found.normal_alt_reads == 0
        assert (found.normal_depth or 0) > 50
        assert (found.quality or 0) > 100
        assert (found.ref_reads or 0) + (found.alt_reads or 0) <= (found.depth or 0)


def test_inherited_variants_are_marked(first_pair):
    inherited = {o.variant: o for o in call(*first_pair).observations if o.germline_likely}
    assert set(inherited) == {Variant("17", 7676153, "G", "C"), Variant("17", 7676060, "T", "G")}
    assert any("rs1042522" in note for note in inherited[Variant("17", 7676153, "G", "C")].notes)


def test_without_a_normal_inherited_variants_are_told_by_their_vaf(first_pair):
    calls = call(first_pair[0], None)
    assert set(changes(calls)) == set(SOMATIC)
    inherited = {o.variant for o in calls.observations if o.germline_likely}
    assert Variant("17", 7676060, "T", "G") in inherited
    assert all(o.normal_depth is None for o in calls.observations)
    assert not calls.has_normal
    assert "no normal reads" in calls.summary()


def test_the_normal_as_tumour_has_nothing_somatic(first_pair):
    assert changes(call(first_pair[1], None)) == {}
    assert changes(call(first_pair[1], first_pair[0])) == {}


def test_codons_and_support_of_the_same_reads(first_pair):
    calls = call(*first_pair)
    codon = calls.codons["KRAS", 12]
    assert codon.depth > 80
    assert [str(allele.variant) for allele in codon.alleles] == ["12:25245350 CC>AA"]
    assert calls.codons["NRAS", 12].depth == 0
    support = calls.support(Variant("12", 25245349, "CC", "AA"))
    assert support.alt == codon.alleles[0].alt_reads
    assert calls.support(Variant("1", 5, "A", "T")).depth == 0
    pileup = calls.pileup("12", 25245349, 25245351)
    assert pileup is not None
    assert pileup.reference == "GCCTACGCCACCAGCTCCAACT"[:22]
    assert sum("AA" in row.bases for row in pileup.tumor) == support.alt
    assert pileup.tumor_fragments > 80


INDELS = {
    "ERBB2 G776delinsVC": ("17", 39724744, "GT", "TGTGC"),
    "ERBB2 exon 20, dup of 9": ("17", 39724830, 9),
    "PTEN deletion of 1": ("10", 87933100, 1),
    "NF1 deletion of 17": ("17", 31200460, 17),
    "NF1 insertion of 20": ("17", 31226460, 20),
    "TP53 duplication of 45": ("17", 7675140, 45),
    "BRAF deletion of 40": ("7", 140753300, 40),
}


def indel_of(spec: tuple, reference: Reference, *, deletion: bool) -> Variant:
    if len(spec) == 4:
        return Variant(*spec)
    chromosome, position, length = spec
    if deletion:
        bases = reference.fetch(chromosome, position, position + length + 1)
        return normalise(chromosome, position, bases, bases[0], reference=reference)
    anchor = reference.fetch(chromosome, position, position + 1)
    copied = reference.fetch(chromosome, position - length + 1, position + 1)
    return normalise(chromosome, position, anchor, anchor + copied, reference=reference)


def test_indels_of_every_size_are_called_with_their_exact_alleles(tmp_path):
    with Reference(None, BUILD) as reference:
        wanted = {
            name: indel_of(spec, reference, deletion="deletion" in name) for name, spec in INDELS.items()
        }
    exons = exon_regions()
    for name, variant in wanted.items():
        assert any(
            e.chromosome == variant.chromosome and e.start <= variant.position < e.end for e in exons
        ), name
    truth = TumorTruth("S", BUILD, 0.4, variants=tuple(spiked(variant) for variant in wanted.values()))
    paths = (tmp_path / "t.bam", tmp_path / "n.bam")
    simulate_panel_reads(
        truth,
        tumor_path=paths[0],
        normal_path=paths[1],
        depths=Depths(130, 100),
        seeds=Seeds(1, 6),
        regions=exons,
    )
    calls = call(*paths)
    passed = {o.variant: o for o in calls.observations if not o.filters and not o.germline_likely}
    assert set(passed) == set(wanted.values())
    for name, variant in wanted.items():
        assert passed[variant].vaf == pytest.approx(0.2, abs=0.11), name


def test_tumour_in_the_normal_is_tolerated(first_pair, tmp_path):
    """A normal with a tenth of tumour cells: its VAF is 0.015 where the tumour's is 0.15."""
    tumor, _ = first_pair
    truth = TumorTruth(
        "S", BUILD, 0.03, variants=tuple(SpikedVariant(*allele) for allele in SOMATIC.values())
    )
    contaminated = tmp_path / "contaminated.bam"
    simulate_panel_reads(
        truth,
        tumor_path=contaminated,
        normal_path=tmp_path / "unused.bam",
        depths=Depths(100, 1),
        seeds=Seeds(1, 7),
        regions=exon_regions(),
    )
    calls = call(tumor, contaminated)
    assert set(SOMATIC) <= set(changes(calls))
    in_normal = [o.normal_alt_reads for o in calls.observations if o.variant == Variant(*SOMATIC["G12F"])]
    assert len(in_normal) == 1


@pytest.fixture(scope="module")
def kras_bases() -> tuple[int, str]:
    """Start and bases of 300 reference bases around KRAS codon 12."""
    with Reference(None, BUILD) as reference:
        return 25245200, reference.fetch("12", 25245200, 25245500)


def kras_bam(folder: Path, kras_bases: tuple[int, str], carriers: int, changes: dict[int, str]) -> Path:
    start, bases = kras_bases
    changed = "".join(changes.get(start + n, base) for n, base in enumerate(bases))
    reads = [
        Read(
            "12",
            start + 40 + 2 * (n % 20),
            (changed if n < carriers else bases)[40 + 2 * (n % 20) : 190 + 2 * (n % 20)],
            f"r{n}",
            flag=0x10 * (n % 2),
        )
        for n in range(100)
    ]
    return bam_writer(folder)(reads)


def other(base: str) -> str:
    return {"A": "C", "C": "G", "G": "T", "T": "A"}[base]


def test_differences_that_crowd_on_the_same_fragments_are_filtered(tmp_path, kras_bases):
    start, bases = kras_bases
    crowd = {p: other(bases[p - start]) for p in (25245288, 25245300, 25245312, 25245324)}
    calls = call(kras_bam(tmp_path, kras_bases, 12, crowd), None)
    assert len(calls.observations) == 4
    assert all("clustered" in observation.filters for observation in calls.observations)
    assert "0 variants (0 likely inherited), 4 filtered" in calls.summary()


def test_three_on_the_same_fragments_are_no_crowd(tmp_path, kras_bases):
    """An allele has three others beside it in a crowd: it does not count itself."""
    start, bases = kras_bases
    few = {p: other(bases[p - start]) for p in (25245300, 25245290, 25245312)}
    calls = call(kras_bam(tmp_path, kras_bases, 12, few), None)
    assert [observation.filters for observation in calls.observations] == [(), (), ()]


@pytest.mark.parametrize(
    ("carriers", "filters"),
    [
        # 50 of 100 fragments have the fourth, the 12 of the others among them: inherited, and no part of a crowd
        (50, {()}),
        # 12 of 100, the same 12: a crowd of four
        (12, {("clustered",)}),
    ],
)
def test_an_inherited_variant_is_no_part_of_a_crowd(tmp_path, kras_bases, carriers, filters):
    start, bases = kras_bases
    few, fourth = (25245288, 25245300, 25245312), 25245324
    reads = []
    for n in range(100):
        changed = [*(few if n % 8 == 0 and n < 96 else ()), *((fourth,) if _carries(n, carriers) else ())]
        shown = "".join(other(base) if start + at in changed else base for at, base in enumerate(bases))
        offset = 40 + 2 * (n % 20)
        reads.append(
            Read("12", start + offset, shown[offset : offset + 150], f"r{n}", flag=0x10 * (n // 8 % 2))
        )
    calls = call(bam_writer(tmp_path)(reads), None)
    assert [(o.variant.position, o.alt_reads) for o in calls.observations] == [
        *((position, 12) for position in few),
        (fourth, carriers),
    ]
    assert [o.germline_likely for o in calls.observations] == [False, False, False, carriers == 50]
    assert {o.filters for o in calls.observations if not o.germline_likely} == filters


def _carries(n: int, carriers: int) -> bool:
    """Every eighth of 96 fragments (12), or every second of 100 (50): the 12 are among the 50."""
    return n % 8 == 0 and n < 96 if carriers == 12 else n % 2 == 0


@pytest.mark.parametrize(
    ("roles", "filters"),
    [
        (("oncogene",), ()),
        (("immune",), ("polymorphic_locus",)),
        (("germline",), ("polymorphic_locus",)),
        (("immune", "germline"), ("polymorphic_locus",)),
        (("oncogene", "immune"), ()),  # a reliable gene overlaps an unreliable one
        (("immune", "oncogene"), ()),
        ((), ()),
    ],
)
def test_a_place_is_unreliable_where_every_gene_there_is(tmp_path, kras_bases, monkeypatch, roles, filters):
    start, bases = kras_bases
    bam = kras_bam(tmp_path, kras_bases, 12, {25245310: other(bases[25245310 - start])})
    kras = load_panel(BUILD).genes["KRAS"]
    here = tuple(replace(kras, symbol=f"G{n}", role=role) for n, role in enumerate(roles))
    monkeypatch.setattr(Panel, "genes_at", lambda *_: here)
    assert [observation.filters for observation in call(bam, None).observations] == [filters]


def test_genes_that_one_reference_cannot_stand_for_are_filtered(tmp_path, kras_bases, monkeypatch):
    start, bases = kras_bases
    change = {25245310: other(bases[25245310 - start])}
    bam = kras_bam(tmp_path, kras_bases, 12, change)
    assert [observation.filters for observation in call(bam, None).observations] == [()]
    monkeypatch.setattr(
        "refractor.variants.calling.judged_candidates.UNRELIABLE_ROLES", frozenset({"oncogene"})
    )
    assert [observation.filters for observation in call(bam, None).observations] == [("polymorphic_locus",)]


def test_a_hotspot_is_reported_with_its_filter(tmp_path, kras_bases):
    """G12D on one strand only: filtered, but not hidden."""
    start, bases = kras_bases
    changed = bases[: 25245349 - start] + "T" + bases[25245350 - start :]
    reads = [
        Read(
            "12", start + 40, (changed if n < 15 else bases)[40:190], f"r{n}", flag=0x10 * (n >= 15) * (n % 2)
        )
        for n in range(100)
    ]
    calls = call(bam_writer(tmp_path)(reads), None)
    assert [(str(o.variant), o.filters) for o in calls.observations] == [
        ("12:25245350 C>T", ("strand_bias",))
    ]


def test_two_fragments_at_a_hotspot_count_beside_a_normal_only(tmp_path, kras_bases):
    """G12D in 2 of 60 fragments: log odds 2 log10(0.033 / 1e-4) - 0.85, above 2.5; the power of the codon follows."""
    start, bases = kras_bases
    changed = bases[: 25245349 - start] + "T" + bases[25245350 - start :]

    def reads(carriers: int) -> list[Read]:
        return [
            Read(
                "12",
                start + 40 + n % 9,
                (changed if n < carriers else bases)[40 + n % 9 : 190],
                f"r{n}",
                flag=0x10 * (n % 2),
            )
            for n in range(60)
        ]

    tumor, normal = (tmp_path / name for name in ("tumor", "normal"))
    for folder in (tumor, normal):
        folder.mkdir()
    paired = call(bam_writer(tumor)(reads(2)), bam_writer(normal)(reads(0)))
    (found,) = paired.observations
    assert (found.alt_reads, found.filters) == (2, ())
    assert paired.codons["KRAS", 12].thresholds.alt_reads_needed(60) == 2
    alone = call(bam_writer(tumor)(reads(2)), None)
    (found,) = alone.observations
    assert (found.filters, found.unshown) == (("few_fragments",), True)
    assert alone.codons["KRAS", 12].thresholds.alt_reads_needed(60) == 3


def test_weak_evidence_does_not_vanish(tmp_path, kras_bases):
    """Three carriers of Phred 20: log odds 3 log10(0.03 / 0.0033) + 97 log10(0.97) = 1.6."""
    start, bases = kras_bases
    changed = "".join(
        {25245349: "T", 25245290: other(bases[25245290 - start])}.get(start + n, base)
        for n, base in enumerate(bases)
    )
    low = {25245349 - start - 40, 25245290 - start - 40}
    reads = [
        Read(
            "12",
            start + 40,
            (changed if n < 3 else bases)[40:190],
            f"r{n}",
            flag=0x10 * (n % 2),
            quality=[20 if index in low else 37 for index in range(150)] if n < 3 else 37,
        )
        for n in range(100)
    ]
    calls = call(bam_writer(tmp_path)(reads), None)
    assert [(str(o.variant), o.filters, o.unshown) for o in calls.observations] == [
        ("12:25245291 A>C", ("weak",), True),
        ("12:25245350 C>T", ("weak",), True),
    ]
    assert "0 variants (0 likely inherited), 0 filtered, 2 that mistakes explain" in calls.summary()


def test_misaligned_ends_of_an_indel_are_no_substitutions(tmp_path, kras_bases):
    """Reads that end soon after a deletion show mismatches there instead of the gap."""
    start, bases = kras_bases
    donor = bases[:151] + bases[156:]
    assert donor[151] != bases[151]
    reads = [
        Read("12", start + 60 + n, donor[60 + n : 200 + n], f"gap{n}", cigar=f"{91 - n}M5D{49 + n}M")
        for n in range(12)
    ]
    reads += [
        Read("12", start + 13 + n % 2, donor[13 + n % 2 : 154], f"end{n}", flag=0x10 * (n % 2))
        for n in range(6)
    ]
    reads += [Read("12", start + 60 + n % 20, bases[60 + n % 20 : 200 + n % 20], f"r{n}") for n in range(60)]
    calls = call(bam_writer(tmp_path)(reads), None)
    assert [o.variant.kind for o in calls.observations if not o.filters] == ["deletion"]
    assert all("indel_shadow" in o.filters for o in calls.observations if o.variant.kind != "deletion")
    assert calls.observations[0].alt_reads == 18


@pytest.mark.parametrize(
    ("at", "in_cis", "in_trans", "called"),
    [
        # 12 fragments have the deletion: a substitution on all of them, or on 8 of 12 = 0.67, is real
        (134, 12, 0, True),
        (134, 8, 0, True),
        (134, 7, 0, False),  # 7 of 12 = 0.58 < 0.6: misaligned ends
        (123, 7, 0, True),  # 26 bases before the deletion, and 25
        (124, 7, 0, False),
        (134, 0, 7, True),  # on other fragments than the deletion's
        (134, 4, 3, True),  # 4 of 7 = 0.57 on the deletion's, and 5 of 7 = 0.71
        (134, 5, 2, False),
    ],
)
def test_a_substitution_beside_an_indel_on_its_fragments(tmp_path, kras_bases, at, in_cis, in_trans, called):
    start, bases = kras_bases
    changed = bases[:at] + other(bases[at]) + bases[at + 1 :]

    def gapped(n: int, source: str) -> Read:
        first, donor = 60 + n, source[:150] + source[155:]
        shown = donor[first : first + 140]
        return Read(
            "12", start + first, shown, f"gap{n}", f"{150 - first}M5D{first - 10}M", flag=0x10 * (n % 2)
        )

    def whole(n: int, source: str) -> Read:
        return Read("12", start + 60 + n, source[60 + n : 200 + n], f"r{n}", flag=0x10 * (n % 2))

    reads = [gapped(n, changed if n < in_cis else bases) for n in range(12)]
    reads += [whole(n, changed if n < in_trans else bases) for n in range(60)]
    found = {o.variant.kind: o for o in call(bam_writer(tmp_path)(reads), None).observations}
    assert found["deletion"].alt_reads == 12
    assert found["deletion"].variant.position == start + 149
    assert set(found) == {"deletion", "snv"}
    assert ("indel_shadow" not in found["snv"].filters) is called
    if called:
        assert (found["snv"].variant.position, found["snv"].alt_reads) == (start + at, in_cis + in_trans)


def test_hotspots_are_listed_alleles_and_decisive_codons():
    panel = load_panel(BUILD)
    assert is_hotspot(Variant("17", 39711954, "C", "T"), panel)  # ERBB2 S310F
    assert is_hotspot(Variant("12", 25245347, "C", "G"), panel)  # any change of KRAS codon 13
    assert not is_hotspot(Variant("12", 25245330, "C", "G"), panel)
