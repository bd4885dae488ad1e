"""Hand-made findings of a tumour for the tests of the evidence."""

from __future__ import annotations

from functools import lru_cache

from refractor.evidence.clonality import Purity, VariantCopies
from refractor.evidence.findings import Findings, GeneCoverage, SmallVariant
from refractor.evidence.knowledge.knowledge_base import KnowledgeBase, knowledge_of
from refractor.evidence.knowledge.rules import Rule
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene, load_panel
from refractor.genome.variant import Variant
from refractor.results.copy_number_tables import GeneCopyNumber
from refractor.results.variant_tables import CodonStatus
from refractor.variants.consequences import Consequence
from refractor.variants.files.structural_variants import Breakpoint, StructuralVariant
from refractor.variants.observation import Observation
from refractor.vocabulary import Clonality, CopyNumberCall, Side, Status

PANEL = load_panel(GenomeBuild.GRCH38)
GENES = PANEL.rule_genes
TRANSCRIPTS = {site.gene: "" for site in PANEL.germline_sites} | {
    symbol: gene.transcript for symbol, gene in GENES.items()
}


@lru_cache(maxsize=1)
def knowledge() -> KnowledgeBase:
    return knowledge_of(PANEL)


def rule(rule_id: str) -> Rule:
    return next(item for item in knowledge().rules if item.rule_id == rule_id)


def gene(symbol: str) -> Gene:
    return GENES[symbol]


def variant(
    symbol: str,
    change: str,
    *,
    term: str = "missense_variant",
    transcript: str | None = None,
    place: Variant | None = None,
    filters: tuple[str, ...] = (),
    germline: bool = False,
    inherited: str = "",
    clonality: Clonality = Clonality.CLONAL,
    copies: float | None = 1.0,
    biallelic: bool | None = False,
    vaf: float | None = 0.3,
    depth: int | None = 60,
) -> SmallVariant:
    """A small variant with the given protein change; its place is the gene's first coding base unless given."""
    where = place or Variant(GENES[symbol].chromosome, GENES[symbol].coding_position(0), "A", "T")
    return SmallVariant(
        observation=Observation(
            variant=where, depth=depth, vaf=vaf, filters=filters, germline_likely=germline, origin="test"
        ),
        consequence=Consequence(
            gene=symbol,
            transcript=transcript or GENES[symbol].transcript,
            hgvs_c="c.1A>T",
            hgvs_p="",
            protein_change=change,
            consequence=term,
            first_codon=None,
            last_codon=None,
        ),
        copies=VariantCopies(copies=copies, ccf=1.0, clonality=clonality, biallelic=biallelic),
        inherited=inherited,
    )


def copies(
    symbol: str,
    number: float | None,
    *,
    call: CopyNumberCall = CopyNumberCall.NEUTRAL,
    low: float | None = None,
    high: float | None = None,
    least: float | None = None,
    most: float | None = None,
    minor: float | None = 1.0,
    arm: float | None = 2.0,
    capped: bool = False,
    p_amplified: float | None = None,
    reason: str = "",
) -> GeneCopyNumber:
    """Copies of a gene; bounds default to the number itself."""
    return GeneCopyNumber(
        gene=symbol,
        chromosome=GENES[symbol].chromosome,
        start=GENES[symbol].start,
        end=GENES[symbol].end,
        call=call,
        copy_number=number,
        copy_number_low=number if low is None else low,
        copy_number_high=number if high is None else high,
        min_copy_number=number if least is None else least,
        max_copy_number=number if most is None else most,
        minor_copy_number=minor,
        arm_copy_number=arm,
        capped=capped,
        p_amplified=p_amplified,
        source="test",
        reason=reason,
    )


def indels_at(symbol: str, codons: tuple[tuple[str, int], ...]) -> frozenset[int]:
    return frozenset(codon for gene_of, codon in codons if gene_of == symbol)


def covered_whole(symbol: str) -> GeneCoverage:
    codons = frozenset(range(1, GENES[symbol].protein_length + 2))
    return GeneCoverage(codons, codons, whole=True, reason="covered in the test")


def tumor(
    *variants: SmallVariant,
    gene_copies: tuple[GeneCopyNumber, ...] = (),
    wild_type: tuple[tuple[str, int], ...] = (),
    covered: tuple[str, ...] = (),
    junctions: tuple[StructuralVariant, ...] | None = None,
    purity: float | None = 0.6,
    **other: object,
) -> Findings:
    """Findings with these variants and copies; codons of `wild_type` are assessed, genes of `covered` wholly."""
    return Findings(
        sample="T1",
        variants=variants,
        codons={key: CodonStatus(gene=key[0], codon=key[1], status=Status.WILD_TYPE) for key in wild_type},
        copies={item.gene: item for item in gene_copies},
        coverage={symbol: GeneCoverage(indels=indels_at(symbol, wild_type)) for symbol, _ in wild_type}
        | {symbol: covered_whole(symbol) for symbol in covered},
        structural_variants=junctions,
        purity=Purity(purity, purity, purity),
        **other,  # type: ignore[arg-type]
    )


def junction(
    first: tuple[str, int, Side | None],
    second: tuple[str, int, Side | None] | None,
    *,
    kind: str = "BND",
    copies_of_junction: float | None = None,
    vaf: float | None = None,
    filters: tuple[str, ...] = (),
) -> StructuralVariant:
    """A junction between two places, 0-based."""
    return StructuralVariant(
        identifier="sv1",
        kind=kind,
        first=Breakpoint(*first),
        second=None if second is None else Breakpoint(*second),
        copies=copies_of_junction,
        vaf=vaf,
        filters=filters,
    )


def deletion(chromosome: str, start: int, end: int, **more: object) -> StructuralVariant:
    """A deletion of the bases from `start` to before `end`, 0-based."""
    return junction((chromosome, start - 1, Side.BEFORE), (chromosome, end, Side.AFTER), kind="DEL", **more)  # type: ignore[arg-type]


def duplication(chromosome: str, start: int, end: int) -> StructuralVariant:
    """A tandem duplication of the bases from `start` to before `end`, 0-based."""
    return junction((chromosome, start, Side.AFTER), (chromosome, end - 1, Side.BEFORE), kind="DUP")
