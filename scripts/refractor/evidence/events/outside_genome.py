"""Events that a tumour genome does not answer: the patient's history, and what is not measured here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from refractor.evidence.events.event import (
    Asked,
    Event,
    EventResult,
    GeneInTumor,
    each,
    not_found,
    not_tested,
)
from refractor.vocabulary import Result


@dataclass(frozen=True, slots=True)
class NotObservable(Event):
    """An event that this program does not measure: always not tested."""

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """Not tested."""
        return not_tested(f"{tumor.findings.sample}: {self.kind} is not measured")


@dataclass(frozen=True, slots=True)
class Signature(Event):
    """A signature of the whole genome, which a caller's file or the sampled reads tell."""

    kind: ClassVar[str] = "signature"
    form: ClassVar[str] = "the name of the signature, e.g. microsatellite_instability"
    met_by: ClassVar[str] = (
        "what PURPLE's file or the sampled reads (qc.tsv), else the patients' sheet, say of the whole genome"
    )
    needs_gene: ClassVar[bool] = False

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From its name."""
        each(asked.tokens, re.compile("[a-z_]+").fullmatch)
        return cls(asked.gene, asked.tokens)

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """What was told of the first signature that is known; no alteration of a gene."""
        for name in self.tokens:
            verdict = tumor.findings.signatures.get(name)
            if verdict is not None:
                return EventResult(Result.FOUND if verdict.present else Result.NOT_FOUND, verdict.words)
        return not_tested("neither a file, nor the reads, nor the sheet tells of the whole genome")


@dataclass(frozen=True, slots=True)
class Germline(Event):
    """A variant of the patient's germline, by its dbSNP number."""

    kind: ClassVar[str] = "germline"
    form: ClassVar[str] = "a dbSNP number of resources/panel/germline_sites.tsv, e.g. rs396991"
    met_by: ClassVar[str] = (
        "reads of the normal that show the allele that is not the reference's, on one copy or both"
    )
    outside_panel: ClassVar[bool] = True

    @classmethod
    def parse(cls, asked: Asked) -> Self:
        """From its dbSNP number."""
        each(asked.tokens, re.compile(r"rs\d+").fullmatch)
        return cls(asked.gene, asked.tokens)

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """What the normal's reads show at the first site that was read; no alteration of the tumour."""
        for rsid in self.tokens:
            known = tumor.findings.germline.get(rsid)
            if known is None:
                continue
            if known.genotype is None:
                return not_tested(known.words)
            words = f"{known.genotype} ({known.words})"
            return EventResult(Result.FOUND if known.alternative else Result.NOT_FOUND, words)
        return not_tested("no normal reads tell the genotype")


@dataclass(frozen=True, slots=True)
class HeterogeneousAmplification(NotObservable):
    """An amplification in part of the cells, which one bulk sample does not resolve."""

    kind: ClassVar[str] = "heterogeneous_amplification"
    form: ClassVar[str] = "unresolved"
    met_by: ClassVar[str] = "nothing: not observable here, always not tested"


@dataclass(frozen=True, slots=True)
class Clinical(Event):
    """Earlier treatment with an antibody against EGFR."""

    kind: ClassVar[str] = "clinical"
    form: ClassVar[str] = "prior_anti_egfr"
    met_by: ClassVar[str] = "the patients' sheet"
    needs_gene: ClassVar[bool] = False
    from_genome: ClassVar[bool] = False

    def look_up(self, tumor: GeneInTumor) -> EventResult:
        """What the sheet says; no alteration of the tumour."""
        treated = tumor.findings.prior_anti_egfr
        if treated is None:
            return not_tested("earlier anti-EGFR treatment is not known")
        if not treated:
            return not_found("no earlier anti-EGFR treatment")
        return EventResult(Result.FOUND, "treated with an anti-EGFR antibody before")
