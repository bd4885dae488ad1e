"""HGVS names on the shipped reference, against published names of known alterations, and against bcftools csq."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pysam
import pysam.bcftools
import pytest

from refractor.genome.amino_acids import translate
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Gene, Panel, load_panel
from refractor.genome.reference import Reference, shipped_reference
from refractor.genome.transcript import Transcript, reverse_complement
from refractor.genome.variant import Variant
from refractor.variants.consequences import SEVERITY, Consequence, annotate


@pytest.fixture(scope="module", params=list(GenomeBuild))
def panel(request: pytest.FixtureRequest) -> Panel:
    return load_panel(request.param)


@pytest.fixture(scope="module")
def reference(panel: Panel) -> Iterator[Reference]:
    with Reference(None, panel.build) as opened:
        yield opened


def coding_variant(
    panel: Panel, reference: Reference, gene: str, start: int, end: int, inserted: str
) -> Variant:
    """Coding bases `start` to `end` (c., from 1, closed; end = start - 1 for an insertion before start) replaced."""
    model = panel.genes[gene]
    low, high = start - 1, end  # half-open offsets
    if model.strand == "+":
        left = model.coding_position(low)
        right = model.coding_position(high - 1) + 1 if high > low else left
    else:
        right = model.coding_position(low) + 1
        left = model.coding_position(high - 1) if high > low else right
        inserted = reverse_complement(inserted)
    anchor = reference.fetch(model.chromosome, left - 1, left)
    removed = reference.fetch(model.chromosome, left, right)
    return normalise(model.chromosome, left - 1, anchor + removed, anchor + inserted, reference=reference)


def effect(panel: Panel, reference: Reference, variant: Variant) -> Consequence:
    found = annotate([variant], panel=panel, reference=reference)[0]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("gene", "start", "end", "inserted", "hgvs_c", "hgvs_p", "short", "term"),
    [
        # names as CIViC, COSMIC and ClinVar have them
        ("KRAS", 35, 35, "A", "c.35G>A", "p.Gly12Asp", "G12D", "missense_variant"),
        ("KRAS", 34, 35, "TT", "c.34_35delinsTT", "p.Gly12Phe", "G12F", "missense_variant"),
        ("KRAS", 175, 178, "ACAC", "c.175_178delinsACAC", "p.Ala59_Gly60delinsThrArg", "A59_G60delinsTR", "missense_variant"),
        ("BRAF", 1799, 1799, "A", "c.1799T>A", "p.Val600Glu", "V600E", "missense_variant"),
        ("BRAF", 1798, 1799, "AA", "c.1798_1799delinsAA", "p.Val600Lys", "V600K", "missense_variant"),
        ("BRAF", 1798, 1799, "AG", "c.1798_1799delinsAG", "p.Val600Arg", "V600R", "missense_variant"),
        ("BRAF", 1799, 1800, "AT", "c.1799_1800delinsAT", "p.Val600Asp", "V600D", "missense_variant"),
        ("PIK3CA", 1633, 1633, "A", "c.1633G>A", "p.Glu545Lys", "E545K", "missense_variant"),
        ("PIK3CA", 3140, 3140, "G", "c.3140A>G", "p.His1047Arg", "H1047R", "missense_variant"),
        ("ERBB2", 929, 929, "T", "c.929C>T", "p.Ser310Phe", "S310F", "missense_variant"),
        ("ERBB2", 1963, 1963, "G", "c.1963A>G", "p.Ile655Val", "I655V", "missense_variant"),
        # ERBB2 exon 20: A775_G776insYVMA is the duplication Y772_A775dup
        ("ERBB2", 2326, 2325, "TACGTGATGGCT", "c.2314_2325dup", "p.Tyr772_Ala775dup", "Y772_A775dup", "inframe_insertion"),
        ("ERBB2", 2325, 2324, "ATACGTGATGGC", "c.2313_2324dup", "p.Tyr772_Ala775dup", "Y772_A775dup", "inframe_insertion"),
        ("ERBB2", 2326, 2326, "TGTT", "c.2326delinsTGTT", "p.Gly776delinsCysCys", "G776delinsCC", "protein_altering_variant"),
        ("ERBB2", 2327, 2327, "TTGT", "c.2327delinsTTGT", "p.Gly776delinsValVal", "G776delinsVV", "protein_altering_variant"),
        ("ERBB2", 2341, 2340, "GGCTCCCCA", "c.2332_2340dup", "p.Gly778_Pro780dup", "G778_P780dup", "inframe_insertion"),
        ("EGFR", 2236, 2250, "", "c.2236_2250del", "p.Glu746_Ala750del", "E746_A750del", "inframe_deletion"),
        ("EGFR", 2573, 2573, "G", "c.2573T>G", "p.Leu858Arg", "L858R", "missense_variant"),
        ("EGFR", 1474, 1474, "C", "c.1474A>C", "p.Ser492Arg", "S492R", "missense_variant"),
        ("PTEN", 388, 388, "T", "c.388C>T", "p.Arg130Ter", "R130*", "stop_gained"),
        ("APC", 3927, 3931, "", "c.3927_3931del", "p.Glu1309AspfsTer4", "E1309Dfs*4", "frameshift_variant"),
        ("TP53", 524, 524, "A", "c.524G>A", "p.Arg175His", "R175H", "missense_variant"),
        ("TP53", 216, 216, "", "c.216del", "p.Val73TrpfsTer50", "V73Wfs*50", "frameshift_variant"),
        ("TP53", 1, 1, "G", "c.1A>G", "p.Met1?", "M1?", "start_lost"),
    ],
)  # fmt: skip
def test_published_names(
    panel: Panel,
    reference: Reference,
    gene: str,
    start: int,
    end: int,
    inserted: str,
    hgvs_c: str,
    hgvs_p: str,
    short: str,
    term: str,
) -> None:
    found = effect(panel, reference, coding_variant(panel, reference, gene, start, end, inserted))
    assert (found.gene, found.transcript) == (gene, panel.genes[gene].transcript)
    assert (found.hgvs_c, found.hgvs_p, found.protein_change, found.consequence) == (
        hgvs_c,
        hgvs_p,
        short,
        term,
    )


@pytest.mark.parametrize(
    ("gene", "offset", "expected_c", "term"),
    [
        # offsets from the exon's border in coding direction: intron bases only
        ("TP53", 1, "c.375+1", "splice_donor_variant"),
        ("TP53", 2, "c.375+2", "splice_donor_variant"),
        ("TP53", 3, "c.375+3", "splice_region_variant"),
        ("TP53", 8, "c.375+8", "splice_region_variant"),
        ("TP53", 9, "c.375+9", "intron_variant"),
        ("TP53", -1, "c.376-1", "splice_acceptor_variant"),
        ("TP53", -2, "c.376-2", "splice_acceptor_variant"),
        ("TP53", -3, "c.376-3", "splice_region_variant"),
        ("TP53", -9, "c.376-9", "intron_variant"),
    ],
)
def test_splice_sites_of_tp53_exon_4(
    panel: Panel, reference: Reference, gene: str, offset: int, expected_c: str, term: str
) -> None:
    model = panel.genes[gene]
    assert model.strand == "-"
    last, first = model.coding_position(374), model.coding_position(375)
    position = last - offset if offset > 0 else first - offset
    ref = reference.fetch(model.chromosome, position, position + 1)
    alt = "A" if ref != "A" else "C"
    found = effect(panel, reference, Variant(model.chromosome, position, ref, alt))
    assert found.consequence == term
    assert found.hgvs_c == f"{expected_c}{reverse_complement(ref)}>{reverse_complement(alt)}"
    assert found.hgvs_p == ("" if term == "intron_variant" else "p.?")
    assert found.protein_change == ""


def test_a_change_at_the_exons_last_base_keeps_its_protein_change(panel: Panel, reference: Reference) -> None:
    found = effect(panel, reference, coding_variant(panel, reference, "TP53", 375, 375, "A"))
    assert (found.hgvs_c, found.hgvs_p, found.consequence) == (
        "c.375G>A",
        "p.Thr125=",
        "splice_region_variant",
    )


@pytest.mark.parametrize(
    ("place", "term"),
    [
        (372, "synonymous_variant"),
        (378, "splice_region_variant"),
        (381, "synonymous_variant"),
    ],
)
def test_three_bases_into_the_exon_belong_to_the_splice_region(
    panel: Panel, reference: Reference, place: int, term: str
) -> None:
    # a silent change of the codon's own; a change that is missense would come before the splice region
    gene = panel.genes["TP53"]
    first = 3 * ((place - 1) // 3)
    codon = "".join(Transcript(gene, reference).coding[first : first + 3])
    inside = place - 1 - first
    for base in "ACGT":
        changed = codon[:inside] + base + codon[inside + 1 :]
        if base != codon[inside] and translate(changed) == translate(codon):
            break
    else:
        pytest.fail(f"no silent change at c.{place}")
    found = effect(panel, reference, coding_variant(panel, reference, "TP53", place, place, base))
    assert found.consequence == term


@pytest.mark.parametrize("symbol", ["TP53", "ERBB2"])
def test_any_spelling_of_an_indel_has_one_name(panel: Panel, reference: Reference, symbol: str) -> None:
    gene = panel.genes[symbol]
    start, end = max(gene.cds, key=lambda exon: exon[1] - exon[0])
    bases = reference.fetch(gene.chromosome, start, end)
    run = next(
        index for index in range(20, len(bases) - 20) if bases[index] == bases[index + 1] == bases[index + 2]
    )
    names = set()
    for shift in range(3):
        position = start + run + shift - 1
        ref = reference.fetch(gene.chromosome, position, position + 2)
        names.add(effect(panel, reference, Variant(gene.chromosome, position, ref, ref[0])).hgvs_c)
    assert len(names) == 1


def test_a_deletion_over_an_exons_border_is_a_splice_variant(panel: Panel, reference: Reference) -> None:
    gene = panel.genes["TP53"]
    last = gene.coding_position(374)  # minus strand: the intron lies to the left
    left, right = last - 3, last + 2
    anchor = reference.fetch("17", left - 1, left)
    removed = reference.fetch("17", left, right)
    found = effect(panel, reference, Variant("17", left - 1, anchor + removed, anchor))
    assert (found.consequence, found.hgvs_p) == ("splice_donor_variant", "p.?")
    assert found.hgvs_c == "c.374_375+3del"


def test_untranslated_bases_are_counted_from_the_codons_at_the_ends(
    panel: Panel, reference: Reference
) -> None:
    erbb2 = panel.genes["ERBB2"]
    before, after = erbb2.cds[0][0] - 1, erbb2.cds[-1][1]
    for position, place, term in (
        (before, "c.-1", "5_prime_UTR_variant"),
        (after, "c.*1", "3_prime_UTR_variant"),
    ):
        ref = reference.fetch("17", position, position + 1)
        alt = "A" if ref != "A" else "C"
        found = effect(panel, reference, Variant("17", position, ref, alt))
        assert (found.hgvs_c, found.consequence) == (f"{place}{ref}>{alt}", term)


def test_a_variant_outside_every_gene_has_no_consequence(panel: Panel, reference: Reference) -> None:
    assert annotate([Variant("1", 1_000_000, "A", "C")], panel=panel, reference=reference) == [None]


def test_every_hotspot_allele_has_the_name_it_is_listed_under(panel: Panel, reference: Reference) -> None:
    spots = panel.hotspots
    found = annotate(
        [Variant(spot.chromosome, spot.position, spot.ref, spot.alt) for spot in spots],
        panel=panel,
        reference=reference,
    )
    translated = [
        (spot, effect) for spot, effect in zip(spots, found, strict=True) if effect and not effect.note
    ]
    assert len(translated) > 2000
    for spot, effect in translated:
        assert (effect.gene, effect.protein_change) == (spot.gene, spot.protein_change)
    others = [(spot, effect) for spot, effect in zip(spots, found, strict=True) if effect and effect.note]
    assert len(others) + len(translated) == len(spots)
    assert all(effect.protein_change == spot.protein_change for spot, effect in others)


def test_an_unshipped_gene_is_named_by_its_hotspots_only(panel: Panel, reference: Reference) -> None:
    spot = next(
        spot
        for spot in panel.hotspots
        if spot.gene == "MAPK1" and spot.protein_change == "E322K" and len(spot.ref) == 1
    )
    model = panel.genes["MAPK1"]
    assert set(Transcript(model, reference).coding) == {"N"}
    found = effect(panel, reference, Variant(spot.chromosome, spot.position, spot.ref, spot.alt))
    assert (found.protein_change, found.hgvs_p, found.consequence) == (
        "E322K",
        "p.Glu322Lys",
        "missense_variant",
    )
    assert (found.first_codon, found.last_codon) == (322, 322)
    assert "not known here" in found.note
    assert found.hgvs_c == "c.964G>A"
    unknown = Variant(spot.chromosome, model.codon_positions(60)[0], "C", "G")
    silent = effect(panel, reference, unknown)
    assert (silent.protein_change, silent.hgvs_p, silent.consequence) == ("", "", "coding_sequence_variant")
    assert (silent.first_codon, silent.last_codon) == (60, 60)
    assert "no protein change" in silent.note


def test_a_frameshift_of_an_unshipped_gene_is_known_by_its_length(panel: Panel, reference: Reference) -> None:
    model = panel.genes["MAPK1"]
    found = effect(panel, reference, Variant(model.chromosome, model.codon_positions(60)[0], "CA", "C"))
    assert (found.consequence, found.protein_change, found.hgvs_c) == ("frameshift_variant", "", "")


def test_every_term_given_has_a_place_in_the_order_of_severity(panel: Panel, reference: Reference) -> None:
    draw = random.Random(1)
    gene = panel.genes["ERBB2"]
    variants = []
    for _ in range(400):
        position = draw.randrange(gene.start + 50, gene.end - 50)
        ref = reference.fetch("17", position, position + draw.randint(1, 6))
        alt = "".join(draw.choice("ACGT") for _ in range(draw.randint(1, 6)))
        if ref != alt:
            variants.append(normalise("17", position, ref, alt, reference=reference))
    found = annotate(variants, panel=panel, reference=reference)
    assert len(found) == len(variants) > 390
    assert {effect.consequence for effect in found if effect} <= set(SEVERITY)


def applied_to_coding(transcript: Transcript, variant: Variant) -> str | None:
    """The coding sequence with the variant in it, base by base from the genome; None where it leaves the exon."""
    gene = transcript.gene
    exon = next((exon for exon in gene.cds if exon[0] <= variant.position and variant.end <= exon[1]), None)
    if exon is None:
        return None
    parts = []
    for start, end in gene.cds:
        bases = transcript.bases(start, end)
        if (start, end) == exon:
            low, high = variant.position - start, variant.end - start
            bases = bases[:low] + variant.alt + bases[high:]
        parts.append(bases)
    spliced = "".join(parts)
    return spliced if transcript.forward else reverse_complement(spliced)


@pytest.mark.parametrize("symbol", ["ERBB2", "TP53", "KRAS", "BRAF", "PIK3CA"])
def test_the_3_prime_edit_makes_the_same_sequence_as_the_left_aligned_variant(
    panel: Panel, reference: Reference, symbol: str
) -> None:
    gene = panel.genes[symbol]
    transcript = Transcript(gene, reference)
    draw = random.Random(7)
    checked = 0
    for _ in range(300):
        start, end = draw.choice(gene.cds)
        if end - start < 20:
            continue
        position = draw.randrange(start + 1, end - 8)
        ref = reference.fetch(gene.chromosome, position, position + draw.randint(1, 5))
        alt = ref[0] + "".join(draw.choice("ACGT") for _ in range(draw.randint(0, 4)))
        if ref == alt:
            continue
        variant = normalise(gene.chromosome, position, ref, alt, reference=reference)
        edit = transcript.coding_edit(transcript.edit_of(variant))
        expected = applied_to_coding(transcript, variant)
        if edit is None or expected is None:
            continue
        coding = transcript.coding
        assert coding[: edit.start] + edit.inserted + coding[edit.end :] == expected
        checked += 1
    assert checked > 150


def gff3_of(genes: list[Gene]) -> str:
    """Genes as the Ensembl-style GFF3 that bcftools csq reads."""
    lines = []
    for gene in genes:
        place = f"{gene.chromosome}\tpanel"
        common = f".\t{gene.strand}\t."
        lines.append(
            f"{place}\tgene\t{gene.start + 1}\t{gene.end}\t{common}\t"
            f"ID=gene:{gene.symbol};Name={gene.symbol};biotype=protein_coding"
        )
        lines.append(
            f"{place}\tmRNA\t{gene.start + 1}\t{gene.end}\t{common}\t"
            f"ID=transcript:{gene.symbol}T;Parent=gene:{gene.symbol};biotype=protein_coding"
        )
        lines += [
            f"{place}\texon\t{start + 1}\t{end}\t{common}\tParent=transcript:{gene.symbol}T"
            for start, end in gene.exons
        ]
        before = 0
        for start, end in gene.cds if gene.strand == "+" else reversed(gene.cds):
            phase = -before % 3
            lines.append(
                f"{place}\tCDS\t{start + 1}\t{end}\t.\t{gene.strand}\t{phase}\tParent=transcript:{gene.symbol}T"
            )
            before += end - start
    return "\n".join(lines) + "\n"


CSQ_TERMS = {
    "missense": "missense_variant",
    "synonymous": "synonymous_variant",
    "stop_gained": "stop_gained",
    "stop_lost": "stop_lost",
    "start_lost": "start_lost",
    "stop_retained": "stop_retained_variant",
}


def test_substitutions_agree_with_bcftools_csq(panel: Panel, reference: Reference, tmp_path: Path) -> None:
    genes = [
        panel.genes[symbol] for symbol in ("KRAS", "BRAF", "PIK3CA", "ERBB2", "TP53", "EGFR", "NF1", "APC")
    ]
    (tmp_path / "panel.gff3").write_text(gff3_of(genes), encoding="utf-8")
    draw = random.Random(11)
    variants = set()
    for gene in genes:
        for _ in range(90):
            position = gene.coding_position(draw.randrange(gene.cds_length))
            ref = reference.fetch(gene.chromosome, position, position + 1)
            variants.add(
                Variant(gene.chromosome, position, ref, draw.choice([base for base in "ACGT" if base != ref]))
            )
    ordered = sorted(variants)
    lengths = CONTIG_LENGTHS[panel.build]
    lines = [
        "##fileformat=VCFv4.3",
        *(f"##contig=<ID={name},length={lengths[name]}>" for name in sorted({v.chromosome for v in ordered})),
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
        *(f"{v.chromosome}\t{v.position + 1}\t.\t{v.ref}\t{v.alt}\t.\t.\t." for v in ordered),
    ]
    (tmp_path / "in.vcf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pysam.bcftools.csq(
        "-l", "-v", "0", "-f", str(shipped_reference(panel.build)), "-g", str(tmp_path / "panel.gff3"),
        "-o", str(tmp_path / "out.vcf"), str(tmp_path / "in.vcf"), catch_stdout=False,
    )  # fmt: skip
    compared = 0
    found = annotate(ordered, panel=panel, reference=reference)
    with pysam.VariantFile(str(tmp_path / "out.vcf")) as records:
        for ours, record in zip(found, records, strict=True):
            assert ours is not None
            fields = record.info["BCSQ"][0].split("|")
            term = fields[0].split("&")[-1].lstrip("*")
            if term not in CSQ_TERMS or len(fields) < 6 or not ours.protein_change:
                continue
            old, _, new = fields[5].partition(">")
            expected = f"{old[:-1]}" + (old[-1] + "=" if not new else "")
            codon = int("".join(filter(str.isdigit, old)))
            if new:
                expected = f"{old[-1]}{codon}{new[-1]}"
                expected = "M1?" if codon == 1 else expected
            else:
                expected = f"{old[-1]}{codon}="
            if term != "stop_lost":
                assert ours.protein_change == expected, (record.pos, fields)
            else:
                assert ours.protein_change.startswith(f"*{codon}")
            assert ours.consequence in {CSQ_TERMS[term], "splice_region_variant"}
            compared += 1
    assert compared > 650


def test_codons_between_two_changes_are_not_changed(panel: Panel, reference: Reference) -> None:
    """c.28_40 of KRAS replaced so that codons 10 and 14 change: 11, 12 and 13 keep their residues."""
    variant = coding_variant(panel, reference, "KRAS", 28, 40, "AGAGCTGGTGGCA")
    found = effect(panel, reference, variant)
    assert (found.protein_change, found.unchanged_codons) == ("G10_V14delinsRAGGI", (11, 12, 13))
    assert [codon for codon in range(8, 17) if found.changes(codon, codon)] == [10, 14]
    assert found.changes(11, 14)
    assert not found.changes(11, 13)
