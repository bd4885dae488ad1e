"""What events of small variants share: which variants count, and when their absence says something."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

from refractor.evidence.alterations import alteration_of, effect_unknown
from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    Hit,
    found,
    not_found,
    not_tested,
    only,
)
from refractor.evidence.findings import Findings, GeneCoverage, SmallVariant
from refractor.genome.hgvs_notation import ProteinChange, parse_protein_change
from refractor.genome.panel import unversioned
from refractor.vocabulary import Status

_LISTED_CODONS = 8
"""More codons than this are counted, not listed, in a reason."""


@dataclass(frozen=True, slots=True)
class SmallVariantEvent(Event):
    """An event that one small variant is; `transcript` is the one on which its codons are numbered."""

    transcript: str | None

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From the one word of `form`."""
        only(asked, cls.form)
        return cls(asked.gene, asked.tokens, asked.transcript)

    @abstractmethod
    def candidates(self, tumor: GeneInTumor) -> Iterator[tuple[SmallVariant, str]]:
        """The variants that are the event, and why, whether or not they count."""

    @property
    def substitution_codons(self) -> frozenset[int]:
        """Those of `codons` at which substitutions are asked for."""
        return frozenset(self.codons)

    @property
    def indel_codons(self) -> frozenset[int]:
        """Those of `codons` at which insertions or deletions are asked for."""
        return frozenset()

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Found by a variant that counts; denied only where each codon, or the whole gene, was looked at."""
        hits: list[Hit] = []
        barred: list[str] = []
        for variant, why in self.candidates(tumor):
            bar = self._bar(variant, tumor)
            if bar:
                barred.append(f"{variant.name} {bar}")
                continue
            hits.append(Hit(alteration_of(variant, tumor.findings.copies.get(variant.gene)), why))
        if hits:
            return found(hits)
        unknown = unknown_effects(self.gene, self.codons, tumor.findings)
        untested = "; ".join(filter(None, [unknown, self._untested(tumor.findings)]))
        filtered = [text for text in barred if "filtered" in text]
        if filtered:
            return not_tested("; ".join(filtered))
        reasons = [*barred, untested or self._tested(tumor.findings)]
        return (not_tested if untested else not_found)("; ".join(reasons))

    def _bar(self, variant: SmallVariant, tumor: GeneInTumor) -> str:
        """Why a variant that is the event does not count; empty where it does."""
        numbered = variant.consequence.transcript
        if self.transcript and numbered and unversioned(numbered) != self.transcript:
            return f"is numbered on {numbered}, the rule on {self.transcript}"
        if variant.inherited:
            return f"is inherited ({variant.inherited}) and never counts"
        if not variant.passed:
            return f"was seen and filtered by its source ({', '.join(variant.observation.filters)})"
        if not self.names_changes and (variant.gene, variant.name) in tumor.named:
            return "is listed by name in another rule"
        return ""

    def _untested(self, findings: Findings) -> str:
        """Why the absence of such variants says nothing; empty where it does say something.

        Without codons (truncations, splice sites) the whole gene must have been looked at; else each codon, for the
        kind of change that is asked for there.
        """
        coverage = findings.coverage_of(self.gene)
        if not self.codons:
            whole = f"the whole coding sequence of {self.gene} was not shown to be covered"
            return "" if coverage.whole else whole
        parts = []
        unlooked = sorted(self.substitution_codons - coverage.substitutions - self._assessed(findings))
        unsure = [codon for codon in unlooked if (self.gene, codon) in findings.codons]
        if unsure:
            because = findings.codons[self.gene, unsure[0]].reason
            parts.append(f"{_codons(unsure)} not assessable" + (f" ({because})" if because else ""))
        if unknown := [codon for codon in unlooked if codon not in unsure]:
            parts.append(f"{_codons(unknown)} not looked at{_with_power(coverage)}")
        if missed := sorted(self.indel_codons - coverage.indels):
            how = f"may have been missed ({coverage.reason})" if coverage.reason else "not looked at"
            parts.append(f"insertions and deletions at {_codons(missed)} {how}")
        return "; ".join(parts)

    def _assessed(self, findings: Findings) -> set[int]:
        """Codons whose status is a verdict."""
        statuses = ((codon, findings.codons.get((self.gene, codon))) for codon in self.codons)
        return {codon for codon, seen in statuses if seen and seen.status is not Status.NOT_ASSESSABLE}

    def _tested(self, findings: Findings) -> str:
        if self.codons:
            return f"no such variant at {_codons(list(self.codons))}, all of them assessed"
        return f"no such variant in {self.gene}, all of it assessed: {findings.coverage_of(self.gene).reason}"


def unknown_effects(gene: str, codons: Collection[int], findings: Findings) -> str:
    """Variants of the gene (at the codons, if any) whose effect cannot be told for want of sequence; empty for none."""
    unknown = [
        variant.name
        for variant in findings.variants_of(gene)
        if effect_unknown(variant)
        and variant.passed
        and not variant.inherited
        and (not codons or _touches(variant, codons))
    ]
    if not unknown:
        return ""
    return f"{', '.join(unknown)}: effect not known without the sequence of {gene}, give a full reference"


def _touches(variant: SmallVariant, codons: Collection[int]) -> bool:
    first, last = variant.consequence.first_codon, variant.consequence.last_codon
    if first is None or last is None:
        return True
    return any(first <= codon <= last for codon in codons)


def change_of(variant: SmallVariant) -> ProteinChange | None:
    """The variant's protein change; None where it has none or it is not in the notation."""
    return parse_protein_change(variant.consequence.protein_change or "")


def _with_power(coverage: GeneCoverage) -> str:
    return f" with enough power ({coverage.reason})" if coverage.reason else ""


def _codons(codons: list[int]) -> str:
    if len(codons) > _LISTED_CODONS:
        return f"{len(codons)} codons"
    return f"codon{'s' if len(codons) > 1 else ''} {', '.join(map(str, codons))}"
