"""Copy numbers of a simulated tumour as the callers write them, so that a synthetic trial can come from any of them.

Each writer gives the true copies in the caller's own columns, units and coordinates, without noise: they show that a
format is read, not how well its caller measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from refractor.files.atomic import write_text
from refractor.genome.arms import arm_at
from refractor.genome.builds import CONTIG_LENGTHS, SEX_CHROMOSOMES
from synthetic.bam import contig_name
from synthetic.truth import TumorTruth

_WINDOW_BASES = 1000
"""Bases a depth window of the callers that count windows."""
_SNP_BASES = 3000
"""Bases a heterozygous SNP of a person, about 3,000 (a million in the genome)."""
_SEQUENZA_MOST = 20
"""CNt.max of sequenza.results in version 3."""
_LEAST_COPIES = 0.01
"""In place of 0 copies, where a logarithm is written."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of constant copies (0-based, half-open): per cancer cell, averaged over the clones, and per cell of the
    sample."""

    chromosome: str
    start: int
    end: int
    copies: float
    minor: float
    mixed: float

    @property
    def windows(self) -> int:
        """Depth windows that it would hold."""
        return max(1, (self.end - self.start) // _WINDOW_BASES)

    @property
    def snps(self) -> int:
        """Heterozygous SNPs that it would hold."""
        return max(1, (self.end - self.start) // _SNP_BASES)


def stretches(truth: TumorTruth) -> Iterator[Stretch]:
    """Every stretch between breakpoints, over all chromosomes that have copies."""
    for chromosome in CONTIG_LENGTHS[truth.build]:
        if chromosome != "MT" and any(truth.normal_copies(chromosome)):
            for start, end in pairwise(truth.breakpoints(chromosome)):
                yield Stretch(
                    chromosome,
                    start,
                    end,
                    truth.tumor_copies_at(chromosome, start),
                    truth.minor_copies_at(chromosome, start),
                    truth.mixed_copies_at(chromosome, start),
                )


def write_copy_number(caller: str, folder: Path, truth: TumorTruth) -> str:
    """The name of the file in `folder` that a sheet would name, written as `caller` writes it, companions beside it."""
    return WRITERS[caller](folder, truth)


def _allelic_segments(folder: Path, truth: TumorTruth) -> str:
    rows = [
        (s.chromosome, s.start + 1, s.end, round(s.copies - s.minor), round(s.minor))
        for s in stretches(truth)
    ]
    return _table(folder / f"{truth.sample}.tsv", "Chromosome Start End nMajor nMinor", rows)


def _purple(folder: Path, truth: TumorTruth) -> str:
    """cnv.somatic.tsv with purity.tsv and qc; an amplicon's ends are supported by structural variants."""
    ends = {(a.chromosome, place) for a in truth.amplicons for place in (a.start, a.end)}
    rows = []
    for s in stretches(truth):
        start, end = (_purple_support(truth, s.chromosome, place, ends) for place in (s.start, s.end))
        share = 0.5 if s.copies == 0 else 1 - s.minor / s.copies
        rows.append(
            (
                contig_name(s.chromosome, truth.build), s.start + 1, s.end, f"{s.copies:.4f}", s.snps, f"{share:.4f}",
                f"{share:.4f}", start, end, "BAF_WEIGHTED", s.windows, "0.41", s.start + 1, s.start + 1,
                f"{s.minor:.4f}", f"{s.copies - s.minor:.4f}",
            )
        )  # fmt: skip
    head = (
        "chromosome start end copyNumber bafCount observedBAF baf segmentStartSupport segmentEndSupport method "
        "depthWindowCount gcContent minStart maxStart minorAlleleCopyNumber majorAlleleCopyNumber"
    )
    gender = "FEMALE" if truth.sex == "XX" else "MALE"
    low, high, ploidy = max(0.0, truth.purity - 0.02), min(1.0, truth.purity + 0.02), truth.ploidy()
    doubled = str(truth.whole_genome_doubled).lower()
    _table(
        folder / f"{truth.sample}.purple.purity.tsv",
        "purity normFactor score diploidProportion ploidy gender status polyclonalProportion minPurity maxPurity "
        "minPloidy maxPloidy minDiploidProportion maxDiploidProportion somaticPenalty wholeGenomeDuplication",
        [
            (
                f"{truth.purity:.4f}", 1, 0.5, 0.5, f"{ploidy:.4f}", gender, "NORMAL", 0, f"{low:.4f}", f"{high:.4f}",
                f"{ploidy - 0.05:.4f}", f"{ploidy + 0.05:.4f}", 0.5, 0.5, 0, doubled,
            )
        ],
    )  # fmt: skip
    write_text(
        folder / f"{truth.sample}.purple.qc", f"QCStatus\tPASS\nMethod\tNORMAL\nPurity\t{truth.purity:.4f}\n"
    )
    return _table(folder / f"{truth.sample}.purple.cnv.somatic.tsv", head, rows)


def _purple_support(truth: TumorTruth, chromosome: str, place: int, ends: set[tuple[str, int]]) -> str:
    if place in (0, CONTIG_LENGTHS[truth.build][chromosome]):
        return "TELOMERE"
    return "DUP" if (chromosome, place) in ends else "NONE"


def _facets(folder: Path, truth: TumorTruth) -> str:
    """The cncf table with purity and ploidy in it; X is 23, Y is not looked at."""
    mean = truth.mean_mixed_copies()
    rows = []
    for number, s in enumerate((s for s in stretches(truth) if s.chromosome != "Y"), start=1):
        name = "23" if s.chromosome == "X" else s.chromosome
        ratio = math.log2(max(s.mixed, _LEAST_COPIES) / mean)
        rows.append(
            (
                name, number, s.windows, s.snps, f"{ratio:.4f}", s.start + 1, s.end, round(s.copies), round(s.minor),
                f"{truth.purity:.4f}", f"{truth.ploidy():.4f}",
            )
        )  # fmt: skip
    head = "chrom seg num.mark nhet cnlr.median start end tcn.em lcn.em purity ploidy"
    return _table(folder / f"{truth.sample}.cncf.tsv", head, rows)


def _ascat(folder: Path, truth: TumorTruth) -> str:
    rows = [
        (truth.sample, s.chromosome, s.start + 1, s.end, round(s.copies - s.minor), round(s.minor))
        for s in stretches(truth)
    ]
    _table(
        folder / f"{truth.sample}.purityploidy.txt",
        "AberrantCellFraction Ploidy",
        [(f"{truth.purity:.4f}", f"{truth.ploidy():.4f}")],
    )
    return _table(folder / f"{truth.sample}.segments.txt", "sample chr startpos endpos nMajor nMinor", rows)


def _sequenza(folder: Path, truth: TumorTruth) -> str:
    """segments.txt, whole copies that end at CNt.max, with confints_CP.txt."""
    mean = truth.mean_mixed_copies()
    rows = []
    for s in stretches(truth):
        total = min(_SEQUENZA_MOST, round(s.copies))
        minor = min(round(s.minor), total // 2)
        share = 0.5 if s.copies == 0 else s.minor / s.copies
        rows.append(
            (
                contig_name(s.chromosome, truth.build), s.start + 1, s.end, f"{share:.4f}", s.snps, 0.05,
                f"{s.mixed / mean:.4f}", s.windows, 0.2, total, total - minor, minor, -5,
            )
        )  # fmt: skip
    ploidy = truth.ploidy()
    _table(
        folder / f"{truth.sample}_confints_CP.txt",
        "cellularity ploidy.estimate ploidy.mean.cn",
        [(f"{truth.purity + off:.4f}", f"{ploidy + off:.4f}", f"{ploidy:.4f}") for off in (-0.02, 0.0, 0.02)],
    )
    head = "chromosome start.pos end.pos Bf N.BAF sd.BAF depth.ratio N.ratio sd.ratio CNt A B LPP"
    return _table(folder / f"{truth.sample}_segments.txt", head, rows)


def _cnvkit(folder: Path, truth: TumorTruth) -> str:
    """A .cns: log2 ratios alone, 0-based; purity and ploidy are not in it."""
    mean = truth.mean_mixed_copies()
    rows = []
    for s in stretches(truth):
        ratio = math.log2(max(s.mixed, _LEAST_COPIES) / mean)
        rows.append(
            (
                contig_name(s.chromosome, truth.build), s.start, s.end, "-", f"{ratio:.5f}", f"{60 * s.mixed / mean:.2f}",
                s.windows, s.windows, f"{ratio - 0.02:.5f}", f"{ratio + 0.02:.5f}",
            )
        )  # fmt: skip
    head = "chromosome start end gene log2 depth probes weight ci_lo ci_hi"
    return _table(folder / f"{truth.sample}.cns", head, rows)


def _gatk(folder: Path, truth: TumorTruth) -> str:
    """A modelFinal.seg: log2 ratios and minor allele fractions, a SAM-style header; purity is not in it."""
    mean = truth.mean_mixed_copies()
    contigs = CONTIG_LENGTHS[truth.build]
    preamble = ["@HD\tVN:1.6"]
    preamble += [f"@SQ\tSN:{contig_name(name, truth.build)}\tLN:{length}" for name, length in contigs.items()]
    preamble.append(f"@RG\tID:GATKCopyNumber\tSM:{truth.sample}")
    rows = []
    for s in stretches(truth):
        ratio = math.log2(max(s.mixed, _LEAST_COPIES) / mean)
        minor = _mixed_minor(truth, s) / s.mixed if s.mixed else 0.0
        rows.append(
            (
                contig_name(s.chromosome, truth.build), s.start + 1, s.end, s.windows, s.snps, f"{ratio - 0.02:.6f}",
                f"{ratio:.6f}", f"{ratio + 0.02:.6f}", *(f"{min(0.5, max(0, minor + off)):.6f}" for off in (-0.01, 0, 0.01)),
            )
        )  # fmt: skip
    head = (
        "CONTIG START END NUM_POINTS_COPY_RATIO NUM_POINTS_ALLELE_FRACTION LOG2_COPY_RATIO_POSTERIOR_10 "
        "LOG2_COPY_RATIO_POSTERIOR_50 LOG2_COPY_RATIO_POSTERIOR_90 MINOR_ALLELE_FRACTION_POSTERIOR_10 "
        "MINOR_ALLELE_FRACTION_POSTERIOR_50 MINOR_ALLELE_FRACTION_POSTERIOR_90"
    )
    return _table(folder / f"{truth.sample}.modelFinal.seg", head, rows, preamble=preamble)


def _mixed_minor(truth: TumorTruth, stretch: Stretch) -> float:
    """Copies of the rarer haplotype per cell of the sample."""
    states = truth.states_at(stretch.chromosome, stretch.start)
    return min(
        sum(state.population.fraction * state.copies_a for state in states),
        sum(state.population.fraction * state.copies_b for state in states),
    )


def _purecn(folder: Path, truth: TumorTruth) -> str:
    """_loh.csv of the autosomes, purity and ploidy in the .csv beside it."""
    mean = truth.mean_mixed_copies()
    rows = []
    for s in (s for s in stretches(truth) if s.chromosome not in SEX_CHROMOSOMES):
        total, minor = round(s.copies), round(s.minor)
        kind = "LOH" if minor == 0 else ""
        ratio = math.log2(max(s.mixed, _LEAST_COPIES) / mean)
        place = (contig_name(s.chromosome, truth.build), s.start + 1, s.end)
        rows.append(
            (
                truth.sample,
                *place,
                arm_at(s.chromosome, s.start, truth.build).name,
                total,
                minor,
                kind,
                f"{ratio:.4f}",
                "FALSE",
            )
        )
    _table(
        folder / f"{truth.sample}.csv",
        "Sampleid Purity Ploidy Sex Contamination Flagged Failed Curated Comment",
        [
            (
                truth.sample, f"{truth.purity:.4f}", f"{truth.ploidy():.4f}", "F" if truth.sex == "XX" else "M",
                0, "FALSE", "FALSE", "FALSE", "NA",
            )
        ],
        separator=",",
    )  # fmt: skip
    head = "Sampleid chr start end arm C M type seg.mean M.flagged"
    return _table(folder / f"{truth.sample}_loh.csv", head, rows, separator=",")


WRITERS: dict[str, Callable[[Path, TumorTruth], str]] = {
    "allelic_segments": _allelic_segments,
    "purple": _purple,
    "facets": _facets,
    "ascat": _ascat,
    "sequenza": _sequenza,
    "cnvkit": _cnvkit,
    "gatk": _gatk,
    "purecn": _purecn,
}
"""By the name that samples.tsv has in copy_number_caller."""


def _table(
    path: Path,
    head: str,
    rows: Sequence[tuple[object, ...]],
    *,
    preamble: Sequence[str] = (),
    separator: str = "\t",
) -> str:
    """The name of `path`, written with the columns of `head`."""
    lines = [separator.join(head.split()), *(separator.join(map(str, row)) for row in rows)]
    write_text(path, "\n".join([*preamble, *lines]) + "\n")
    return path.name
