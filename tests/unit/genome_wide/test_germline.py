"""Genotypes of Fc receptors from the normal's reads."""

from __future__ import annotations

from itertools import count

import pytest
from alignment_files import Read, WriteBam

from refractor.evidence.findings import germline_of
from refractor.genome.builds import GenomeBuild
from refractor.genome.germline_sites import GermlineSite
from refractor.genome.panel import load_panel
from refractor.genome_wide.germline import genotype_of, germline_quality
from refractor.reads.alignment import open_alignment
from refractor.reads.germline_reads import SiteReads, reads_at_sites

SITES = {site.gene: site for site in load_panel(GenomeBuild.GRCH38).germline_sites}
FCGR3A, FCGR2A = SITES["FCGR3A"], SITES["FCGR2A"]
CONTIGS = {"1": 248956422, "17": 83257441}


@pytest.mark.parametrize(
    ("site", "ref", "alt", "genotype"),
    [
        (FCGR3A, 30, 0, "158 F/F"),
        (FCGR3A, 14, 16, "158 V/F"),
        (FCGR3A, 1, 39, "158 V/V"),
        (FCGR2A, 40, 1, "131 H/H"),
        (FCGR2A, 20, 20, "131 H/R"),
        (FCGR2A, 0, 12, "131 R/R"),
    ],
)
def test_genotypes_in_the_words_of_the_papers(site: GermlineSite, ref: int, alt: int, genotype: str) -> None:
    assert genotype_of(SiteReads(site, ref, alt)) == (genotype, "")


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        (SiteReads(FCGR3A, 5, 6), "11 fragments, fewer than 12"),
        (SiteReads(FCGR3A, 30, 6), "6 of 36 fragments, the share of no genotype of two copies"),
        (SiteReads(FCGR3A, 15, 15, unsure=10), "10 of 40 reads fit another place of the genome as well"),
        (SiteReads(FCGR3A), "0 fragments"),
        (SiteReads(FCGR2A, 15, 5, other=20), "5 of 40 fragments"),
    ],
)
def test_what_cannot_be_told_says_why(reads: SiteReads, said: str) -> None:
    genotype, reason = genotype_of(reads)
    assert genotype is None
    assert said in reason
    [row] = germline_quality([reads])
    assert row.value is None
    assert f"not assessable: {reason}" in row.note


def test_the_row_says_that_the_gene_is_duplicated_and_becomes_a_finding() -> None:
    rows = list(germline_quality([SiteReads(FCGR3A, 15, 15), SiteReads(FCGR2A, 30, 0)]))
    assert [(row.metric, row.value) for row in rows] == [
        ("germline_rs396991", "158 V/F"),
        ("germline_rs1801274", "131 H/H"),
    ]
    assert "duplicated as FCGR3B" in rows[0].note
    found = germline_of(rows, SITES.values())
    assert (found["rs396991"].alternative, found["rs1801274"].alternative) == (True, False)
    assert germline_of([], SITES.values()) == {}


def test_fragments_are_counted_once_and_reads_of_two_places_not(write_bam: WriteBam) -> None:
    number = count()

    def read(base: str, *, name: str | None = None, quality: int = 60, bases: int = 37) -> Read:
        start = FCGR3A.position - 50
        sequence = "G" * 50 + base + "G" * 49
        return Read(
            "1", start, sequence, name or f"r{next(number)}", mapping_quality=quality, quality=bases,
        )  # fmt: skip

    ref, alt = FCGR3A.ref, FCGR3A.alt
    bam = write_bam(
        [
            read(ref), read(ref), read(alt), read("G"), read(alt, quality=0), read(alt, bases=10),
            read(alt, name="pair"), read(alt, name="pair"), read(ref, name="differ"), read(alt, name="differ"),
        ],
        contigs=CONTIGS,
    )  # fmt: skip
    with open_alignment(bam, reference=None) as alignment:
        [seen] = reads_at_sites(alignment, [FCGR3A])
    assert (seen.ref, seen.alt, seen.other, seen.unsure) == (2, 2, 1, 1)


def test_a_file_without_the_contig_shows_nothing(write_bam: WriteBam) -> None:
    bam = write_bam([Read("17", 100, "A" * 50, "r")], contigs={"17": CONTIGS["17"]})
    with open_alignment(bam, reference=None) as alignment:
        [seen] = reads_at_sites(alignment, [FCGR2A])
    assert seen.depth == 0


FCGR2B_EXONS = {
    "GRCh37": ((161633031, 161633143), (161640041, 161640062), (161641181, 161641439), (161642764, 161643019),
               (161643749, 161643863)),
    "GRCh38": ((161663241, 161663353), (161670251, 161670272), (161671391, 161671649), (161672974, 161673229),
               (161673959, 161674073)),
}  # fmt: skip
"""Coding parts of the first five exons of NM_004001, UCSC's refGene of both builds, 0-based; its strand is +."""


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_the_place_of_fcgr2b_is_that_of_its_coding_base(build: str) -> None:
    """c.695T>C, I232T (PMC6786274, table 1): 112 + 21 + 258 + 255 bases lie before exon 5, so it is its 49th base."""
    bases = [base for start, end in FCGR2B_EXONS[build] for base in range(start, end)]
    panel = load_panel(GenomeBuild(build))
    [site] = [one for one in panel.germline_sites if one.rsid == "rs1050501"]
    assert site.position == bases[695 - 1] == FCGR2B_EXONS[build][4][0] + 48
    assert ((695 - 1) // 3 + 1, (695 - 1) % 3 + 1) == (232, 2)
    assert (site.ref, site.alt) == ("T", "C")
