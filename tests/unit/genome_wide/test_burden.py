"""Burden and microsatellite indels of a VCF, where it covers enough of the genome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from refractor.evidence.findings import signatures_of
from refractor.genome.builds import GenomeBuild
from refractor.genome.intervals import Regions
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome_wide.burden import covered_megabases, genome_quality, pole_quality
from refractor.results.quality import QualityStatus
from refractor.variants.files.genome_counts import GenomeCounts, count_genome, pole_hotspots
from refractor.variants.files.vcf_file import open_vcf

PANEL = load_panel(GenomeBuild.GRCH38)
GENOME = GenomeCounts(small=14_295, indels=1_000, told=1_000, in_repeats=572, intronic=22, intronic_mb=4.4)
"""Five variants a megabase of 2,859, of which 22 of 4.4 Mb lie in introns."""


def test_burden_and_indels_are_over_the_genomes_megabases() -> None:
    burden, indels, pole = genome_quality(GENOME)
    assert (burden.value, burden.status) == (5.0, QualityStatus.PASS)
    assert (indels.value, indels.status) == (pytest.approx(572 / 2859, abs=1e-3), QualityStatus.PASS)
    assert (pole.value, pole.status) == ("none", QualityStatus.PASS)
    assert not signatures_of([pole])["polymerase_epsilon_exonuclease"].present


def test_a_hypermutated_tumour_is_said_to_be_one() -> None:
    counts = replace(GENOME, small=100_065, indels=30_000, told=29_000, in_repeats=20_013, intronic=150)
    burden, indels, _ = genome_quality(counts)
    assert (burden.value, burden.status) == (35.0, QualityStatus.WARN)
    assert (indels.value, indels.status) == (7.0, QualityStatus.WARN)
    found = signatures_of([burden, indels])
    assert found["microsatellite_instability"].present
    assert found["high_mutational_burden"].present


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"small": 1_000}, "1,000 calls are too few to tell whether the file covers the genome"),
        ({"intronic": 3}, "3 of its 14,295 calls lie in introns of panel genes"),
        ({"doubt": "looks like a germline VCF"}, "looks like a germline VCF"),
        ({"callable_mb": 1.2}, "callable regions of 1.2 Mb, less than 10"),
        ({"callable_mb": 2859.0, "small": 1}, "1 call in 2,859 callable Mb: fewer than any tumour has"),
        ({"callable_mb": 2859.0, "small": 285}, "285 calls in 2,859 callable Mb: fewer"),
        ({"callable_mb": 33.0, "small": 9}, "9 calls in 33 callable Mb: fewer"),
    ],
)
def test_what_covers_too_little_or_is_not_somatic_says_nothing(changed: dict[str, object], said: str) -> None:
    rows = genome_quality(replace(GENOME, **changed))  # type: ignore[arg-type]
    assert [row.value for row in rows] == [None, None, None]
    assert all(said in row.note for row in rows)
    assert signatures_of(rows) == {}


def test_callable_regions_say_how_much_an_exome_covers() -> None:
    megabases, _ = covered_megabases(replace(GENOME, small=300, intronic=0, callable_mb=30.0))
    assert megabases == 30.0


def test_indels_whose_repeat_is_not_known_are_not_counted_as_none() -> None:
    burden, indels, _ = genome_quality(replace(GENOME, told=20))
    assert burden.value == 5.0
    assert indels.value is None
    assert "known of 20 of 1,000 indels only: give the whole genome as reference" in indels.note


HEADER = """##fileformat=VCFv4.2
##source=Mutect2
##filtering_status=These calls have been filtered by FilterMutectCalls
##tumor_sample=T
##normal_sample=N
##INFO=<ID=RU,Number=1,Type=String,Description="u">
##INFO=<ID=RPA,Number=R,Type=Integer,Description="r">
##FORMAT=<ID=GT,Number=1,Type=String,Description="g">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">
##contig=<ID=chr12,length=133275309>
##contig=<ID=chr17,length=83257441>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tN\tT
"""


def counts_of(
    folder: Path, rows: Sequence[tuple[object, ...]], callable_regions: Regions | None = None
) -> GenomeCounts:
    path = folder / "calls.vcf"
    lines = [
        f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{passed}\t{info}\tGT:AD\t0/0:30,0\t0/1:20,10\n"
        for chrom, pos, ref, alt, passed, info in rows
    ]
    path.write_text(HEADER + "".join(lines))
    with Reference(None, GenomeBuild.GRCH38) as reference:
        return count_genome(
            open_vcf(path), sample="T", named_sample=None, panel=PANEL, reference=reference,
            callable_regions=callable_regions,
        )  # fmt: skip


def test_records_that_passed_are_counted_with_their_repeats(tmp_path: Path) -> None:
    found = counts_of(
        tmp_path,
        [
            ("chr12", 1_000, "G", "A", "PASS", "."),
            ("chr12", 2_000, "G", "A", "weak_evidence", "."),
            ("chr12", 3_000, "CA", "C", "PASS", "RU=A;RPA=9,8"),
            ("chr12", 4_000, "CA", "C", "PASS", "RU=A;RPA=4,3"),
            ("chr12", 5_000, "C", "CACAC", "PASS", "RU=AC;RPA=4,6"),
            ("chr12", 6_000, "CA", "C", "PASS", "."),
        ],
    )
    assert (found.small, found.indels, found.told, found.in_repeats) == (5, 4, 3, 2)
    assert found.doubt == ""


def test_the_reference_tells_the_repeat_where_its_sequence_is_known(tmp_path: Path) -> None:
    """ERBB2 lies in the shipped reference: the deletion of one base of a run there is found by its sequence."""
    gene = PANEL.genes["ERBB2"]
    with Reference(None, GenomeBuild.GRCH38) as reference:
        bases = reference.fetch("17", gene.start, gene.end)
    run, lone = bases.index("CCCCCC"), bases.index("ACGT")
    rows = [
        ("chr17", gene.start + run, bases[run - 1] + "C", bases[run - 1], "PASS", "."),
        ("chr17", gene.start + lone + 1, "AC", "A", "PASS", "."),
    ]
    found = counts_of(tmp_path, sorted(rows, key=lambda row: row[1]))
    assert (found.indels, found.told, found.in_repeats) == (2, 2, 1)


def test_introns_are_away_from_exons_and_regions_bound_what_counts(tmp_path: Path) -> None:
    gene = PANEL.genes["ERBB2"]
    exon = gene.cds[5][0]
    widest = max(zip(gene.cds, gene.cds[1:], strict=False), key=lambda pair: pair[1][0] - pair[0][1])
    deep = (widest[0][1] + widest[1][0]) // 2
    rows = [("chr17", at + 1, "N", "A", "PASS", ".") for at in sorted((exon, deep))]
    with Reference(None, GenomeBuild.GRCH38) as reference:
        rows = [
            (chrom, pos, ref := reference.fetch("17", pos - 1, pos), "A" if ref != "A" else "C", "PASS", ".")
            for chrom, pos, *_ in rows
        ]
    found = counts_of(tmp_path, rows)
    assert (found.small, found.intronic) == (2, 1)
    inside = counts_of(tmp_path, rows, Regions.of([("17", exon - 5, exon + 5)]))
    assert (inside.small, inside.callable_mb) == (1, pytest.approx(1e-5))


def test_unfiltered_candidates_are_no_calls(tmp_path: Path) -> None:
    path = tmp_path / "calls.vcf"
    header = HEADER.replace("filtering_status=These calls have been", "filtering_status=Warning: unfiltered")
    path.write_text(header + "chr12\t1000\t.\tG\tA\t.\t.\t.\tGT:AD\t0/0:30,0\t0/1:20,10\n")
    with Reference(None, GenomeBuild.GRCH38) as reference:
        found = count_genome(
            open_vcf(path), sample="T", named_sample=None, panel=PANEL, reference=reference, callable_regions=None
        )  # fmt: skip
    assert "unfiltered" in found.doubt


@pytest.mark.parametrize(
    ("changed", "value", "status"),
    [
        # in an exome without stated regions a change that is there still counts
        ({"pole": ("P286R",), "intronic": 0}, "P286R", QualityStatus.WARN),
        ({"pole": ("P286R",), "doubt": "the calls are unfiltered"}, None, QualityStatus.PASS),
        ({"callable_mb": 30.0, "pole_callable": False}, None, QualityStatus.PASS),
        ({"callable_mb": 30.0}, "none", QualityStatus.PASS),
    ],
)
def test_pole_is_found_denied_or_open(changed: dict[str, object], value: str, status: QualityStatus) -> None:
    row = pole_quality(replace(GENOME, **changed))  # type: ignore[arg-type]
    assert (row.value, row.status) == (value, status)


def test_alleles_of_pole_are_found_in_a_file(tmp_path: Path) -> None:
    found = counts_of(
        tmp_path,
        [
            ("chr12", 132_673_271, "C", "T", "PASS", "."),  # codon 456, another allele
            ("chr12", 132_673_703, "C", "A", "weak_evidence", "."),
            ("chr12", 132_676_598, "G", "C", "PASS", "."),
        ],
    )
    assert found.pole == ("P286R",)
    assert signatures_of([pole_quality(found)])["polymerase_epsilon_exonuclease"].words.startswith(
        "P286R, of"
    )


def test_the_shipped_places_of_pole() -> None:
    """Six alleles of five codons; coding positions and places run against each other, as POLE lies on the minus strand."""
    for build in GenomeBuild:
        places = pole_hotspots(build)
        assert len(places) == 6
        at = {change: position for (_, position, _, _), change in places.items()}
        assert at["P286R"] - at["S297F"] == 890 - 857
        assert at["A456P"] - at["S459F"] == 1376 - 1366
        assert at["P286R"] > at["V411L"] > at["A456P"]
