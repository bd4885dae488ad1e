"""Events of a gene that loses its start and keeps the part that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.alterations import Alteration
from refractor.evidence.events.codon_spans import CodonSpan, parse_kept_span, parse_spared_span
from refractor.evidence.events.event import (
    Asked,
    EventResult,
    GeneInTumor,
    Hit,
    NotationError,
    each,
    found,
)
from refractor.evidence.events.gene_breaks import (
    codon_span,
    exons_within,
    list_exons,
    removes_just,
)
from refractor.evidence.events.structural_event import StructuralEvent
from refractor.genome.panel import Gene
from refractor.results.copy_number_tables import Amplicon, GeneCopyNumber
from refractor.variants.files.structural_variants import StructuralVariant
from refractor.vocabulary import Clonality, CopyNumberCall


@dataclass(frozen=True, slots=True)
class IntragenicDeletion(StructuralEvent):
    """A deletion of coding exons before the codons `keeps`, or a step of copies within the gene that cuts them."""

    kind: ClassVar[str] = "intragenic_deletion"
    form: ClassVar[str] = (
        "keeps:first-last, the codons that stay; except:first-last, those of an exon whose loss alone does not count"
    )
    met_by: ClassVar[str] = "a deletion, or a step of copies, that cuts the start and leaves these codons"
    on_most_copies: ClassVar[bool] = True

    keeps: CodonSpan
    spared: CodonSpan | None = None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From tokens such as `keeps:720-987` and, where one exon does not count, `except:633-650`."""
        exceptions = [token for token in asked.tokens if token.startswith("except:")]
        kept = each([token for token in asked.tokens if token not in exceptions], parse_kept_span)
        spared = each(exceptions, parse_spared_span)
        if len(kept) != 1 or len(spared) > 1:
            raise NotationError(asked.tokens)
        return cls(asked.gene, asked.tokens, kept[0], spared[0] if spared else None)

    @property
    def last_codon(self) -> int:
        """The end of the part that stays."""
        return self.keeps[1]

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """As of junctions; a step of copies within an amplified gene shows it too."""
        if tumor.gene is not None:
            copies = tumor.findings.copies.get(self.gene)
            step = copy_step(tumor.gene, self.keeps, copies, tumor.findings.amplicons)
            if step is not None and copies is not None:
                return found([Hit(_step_alteration(copies, step), step)])
        return StructuralEvent.look_up(self, tumor)

    def why(self, gene: Gene, variant: StructuralVariant) -> str | None:
        """Which exons before the kept part, which stays whole, the deletion removes."""
        span = codon_span(gene, *self.keeps)
        interval = variant.deleted
        if interval is None or interval[0] != gene.chromosome:
            return None
        before = interval[2] <= span[0] if gene.strand == "+" else interval[1] >= span[1]
        lost = exons_within(gene, interval[1:])
        if not before or not lost or len(lost) == len(gene.cds):
            return None
        if self.spared is not None and removes_just(gene, self.spared, variant):
            return None
        return f"removes {list_exons(lost)} and keeps the wanted part of {gene.symbol}"


def copy_step(
    gene: Gene, codons: CodonSpan, copies: GeneCopyNumber | None, amplicons: Sequence[Amplicon]
) -> str | None:
    """How the copies step inside the gene, so that its start is cut and `codons` are amplified; else None."""
    if copies is None or copies.call is not CopyNumberCall.PARTIALLY_AMPLIFIED:
        return None
    span = codon_span(gene, *codons)
    for amplicon in amplicons:
        if gene.symbol not in amplicon.partial_genes:
            continue
        kept = exons_within(gene, (amplicon.start, amplicon.end))
        if amplicon.start <= span[0] and span[1] <= amplicon.end and kept and 1 not in kept:
            cut = tuple(number for number in range(1, len(gene.cds) + 1) if number not in kept)
            steps = (
                ""
                if copies.min_copy_number is None or copies.max_copy_number is None
                else f", {copies.min_copy_number:.1f} to {copies.max_copy_number:.1f} copies"
            )
            return f"the copies step inside the gene{steps}: {list_exons(cut)} not amplified"
    return None


def _step_alteration(copies: GeneCopyNumber, why: str) -> Alteration:
    return Alteration(
        gene=copies.gene,
        name="copy step within the gene",
        kind="structural_variant",
        copies=copies.max_copy_number,
        clonality=Clonality.UNKNOWN,
        copy_number=copies.copy_number,
        note=why,
    )
