"""How much of each gene was looked at for small variants, so that no variant means something there too.

Reads vouch for a base where a clonal heterozygous variant would be seen with the wanted power, a file of variants
where its own callable regions, its reference blocks or the configuration say that it was silent on purpose.
Substitutions and short insertions or deletions are told apart: the latter need fragments that span the place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from refractor.genome.panel import Gene, Panel
from refractor.reads.panel_coordinates import Axis
from refractor.results.variant_tables import GeneCallability
from refractor.variants.calling.expected_errors import ExpectedError, with_error
from refractor.variants.calling.mismatches import IS_BASE
from refractor.variants.codons.file_view import VariantFileView
from refractor.variants.codons.power import (
    ClonalExpectation,
    DetectionThresholds,
    detection_probability,
    required_depth,
)
from refractor.variants.codons.tumor_context import TumorContext

SPLICE_SITE_BP = 2
"""Intronic bases beside a coding exon that belong to the whole gene: a change there ends the protein too."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadDepths:
    """Fragments at each place of `axis`: those that show it, and those that span it (reads.depth).

    `error` is how often their likeliest wrong base is shown by mistake.
    """

    axis: Axis
    shown: NDArray[np.int64]
    spanning: NDArray[np.int64]
    error: ExpectedError = field(default_factory=ExpectedError)


def callability_of_genes(
    panel: Panel,
    *,
    reads: ReadDepths | None,
    file: VariantFileView | None,
    context: TumorContext,
    assumed_purity: float,
    thresholds: DetectionThresholds,
) -> list[GeneCallability]:
    """What the tumour's sources vouch for of each panel gene; nothing where there is no source."""
    if reads is None and file is None:
        return []
    return [
        _of_gene(
            gene,
            reads=reads,
            file=file,
            expectation=context.expectation(gene.symbol, assumed_purity=assumed_purity),
            thresholds=thresholds,
        )
        for gene in panel.genes.values()
    ]


def _of_gene(
    gene: Gene,
    *,
    reads: ReadDepths | None,
    file: VariantFileView | None,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
) -> GeneCallability:
    positions, coding = _positions(gene)
    substitution, indel = np.zeros(len(positions)), np.zeros(len(positions))
    reasons, known, median = [], None, None
    unread = np.zeros(len(positions), dtype=bool)
    if reads is not None:
        shown = _at(reads.axis, gene, positions, reads.shown)
        is_known = _at(reads.axis, gene, positions, IS_BASE[reads.axis.bases].astype(np.int64)) > 0
        spanning = _at(reads.axis, gene, positions, reads.spanning)
        of_reads = with_error(thresholds, reads.error)
        substitution = is_known * _powers(shown, expectation.vaf, of_reads)
        indel = is_known * _powers(spanning, expectation.vaf, of_reads.of_indels())
        known, median = int(is_known[coding].sum()), float(np.median(shown[coding]))
        reasons.append(expectation.described())
    if file is not None:
        by_file = _by_file(gene, positions, file, expectation=expectation, thresholds=thresholds)
        substitution = np.maximum(substitution, by_file if file.calls_substitutions else 0.0)
        indel = np.maximum(indel, by_file if file.calls_indels else 0.0)
        unread = _unread(gene, positions, file)
        reasons.append(_words(file, gene))
    wanted = thresholds.wild_type_power
    assessable = substitution[coding] >= wanted
    whole = min(substitution.mean(), indel.mean()) >= wanted
    if unread.any():  # what is there is not known, however much of the rest is
        whole &= bool((substitution[unread] >= wanted).all())
    return GeneCallability(
        gene=gene.symbol,
        coding_bases=gene.cds_length,
        known_bases=known,
        assessable_bases=int(assessable.sum()),
        assessable_share=float(assessable.sum() / gene.cds_length),
        median_depth=median,
        depth_needed=None
        if reads is None
        else required_depth(expectation.vaf, thresholds=with_error(thresholds, reads.error)),
        reason="; ".join(reasons),
        substitution_codons=_codon_ranges(assessable),
        indel_codons=_codon_ranges(indel[coding] >= wanted),
        substitution_power=float(substitution.mean()),
        indel_power=float(indel.mean()),
        covered=bool(whole),
    )


def _positions(gene: Gene) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Genomic positions of the coding bases in coding order, then of the splice sites; and rows of the former."""
    parts = [np.arange(start, end) for start, end in gene.cds]
    coding = np.concatenate(parts)
    if gene.strand == "-":
        coding = coding[::-1]
    edges = [(start - SPLICE_SITE_BP, start) for start, _ in gene.cds[1:]]
    edges += [(end, end + SPLICE_SITE_BP) for _, end in gene.cds[:-1]]
    sites = [np.arange(start, end) for start, end in edges]
    return np.concatenate([coding, *sites]), np.arange(len(coding))


def _at(axis: Axis, gene: Gene, positions: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """What an array along the axis holds at genomic positions; 0 beyond the axis."""
    if gene.chromosome not in axis.chromosomes:
        return np.zeros(len(positions), dtype=np.int64)
    number = np.full(len(positions), axis.chromosomes.index(gene.chromosome))
    places, inside = axis.places(number, positions)
    return np.where(inside, values[np.where(inside, places, 0)], 0)


def _powers(depths: NDArray[np.int64], vaf: float, thresholds: DetectionThresholds) -> NDArray[np.float64]:
    different, number = np.unique(depths, return_inverse=True)
    powers = [detection_probability(int(depth), vaf, thresholds=thresholds) for depth in different]
    return np.array(powers)[number.reshape(-1)]


def _by_file(
    gene: Gene,
    positions: NDArray[np.int64],
    file: VariantFileView,
    *,
    expectation: ClonalExpectation,
    thresholds: DetectionThresholds,
) -> NDArray[np.float64]:
    """1 where the file's silence is declared to mean something, the power at its own depth in its blocks, else 0."""
    if file.mute or gene.chromosome in file.silent_chromosomes:
        return np.zeros(len(positions))
    unread = _unread(gene, positions, file)
    if file.assume_callable:
        return np.where(unread, 0.0, 1.0)
    start, end = int(positions.min()), int(positions.max()) + 1
    declared = np.zeros(end - start, dtype=bool)
    depths = np.zeros(end - start, dtype=np.int64)
    for chromosome, low, high in file.callable_regions or ():
        if chromosome == gene.chromosome and low < end and start < high:
            declared[max(low, start) - start : high - start] = True
    for block in file.blocks:
        if block.chromosome == gene.chromosome and block.start < end and start < block.end and block.depth:
            here = slice(max(block.start, start) - start, block.end - start)
            depths[here] = np.maximum(depths[here], block.depth)
    rows = positions - start
    powers = _powers(depths[rows], expectation.vaf, thresholds)
    return np.where(unread, 0.0, np.where(declared[rows], 1.0, powers))


def _unread(gene: Gene, positions: NDArray[np.int64], file: VariantFileView) -> NDArray[np.bool_]:
    """Positions with a record of the file that counts and could not be read."""
    found = np.zeros(len(positions), dtype=bool)
    for one in file.unread:
        if one.chromosome == gene.chromosome:
            found |= (positions >= one.start) & (positions < one.end)
    return found


def _words(file: VariantFileView, gene: Gene) -> str:
    if file.mute:
        return f"the silence of the {file.flavour} file says nothing: {file.mute}"
    if gene.chromosome in file.silent_chromosomes:
        return f"the {file.flavour} file says nothing of chromosome {gene.chromosome}: {file.silent_chromosomes[gene.chromosome]}"
    if file.assume_callable:
        said = f"the {file.flavour} file is silent, which assume_callable makes wild-type"
    elif file.callable_regions is not None:
        said = f"callable_regions of the {file.flavour} file"
    elif file.blocks:
        said = f"reference blocks of the {file.flavour} file"
    else:
        return f"the silence of the {file.flavour} file says nothing without callable_regions"
    if not file.calls_indels:
        return f"{said}, for substitutions only"
    return said if file.calls_substitutions else f"{said}, for insertions and deletions only"


def _codon_ranges(assessable: NDArray[np.bool_]) -> str:
    """Codons (from 1) whose three bases are assessable, as `1-12,14,20-33`; `assessable` in coding order."""
    codons = assessable[: len(assessable) // 3 * 3].reshape(-1, 3).all(axis=1)
    steps = np.flatnonzero(np.diff(np.concatenate([[False], codons, [False]]).astype(np.int8)))
    spans = zip((steps[::2] + 1).tolist(), steps[1::2].tolist(), strict=True)
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)
