"""A cohort file drafted from a line: target gene, event, drugs and disease."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from refractor.errors import InputError, Problem
from refractor.evidence.knowledge.cohort_checks import checks_with, read_checked_cohort
from refractor.files.resources import shipped
from refractor.genome.own_genes import further_genes, use_panel
from refractor.settings.cohort import Disease
from refractor.settings.config import load_cohort
from refractor.settings.schemas import nearest
from refractor.settings.target import EVENT_WORDS, TargetEvent

PARTS = ("target gene", "event", "drugs", "disease")
FORM = (
    "give a cohort file, one that ships, or '" + ", ".join(PARTS) + "', as "
    "'MET, amplification, capmatinib, lung non-small cell carcinoma' or "
    "'EGFR exon 20, small_variant, afatinib, lung non-small cell carcinoma'; several drugs with +"
)


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """The text of a cohort file, what is odd in it, and a table of own genes where the target is none of the panel."""

    text: str
    warnings: tuple[str, ...]
    genes: str | None = None


def is_draft(cohort: str) -> bool:
    """Whether the words describe a cohort, and name no file."""
    return cohort.count(",") == len(PARTS) - 1


def draft_cohort(cohort: str) -> CohortDraft:
    """The cohort file that the four parts describe, with what ships of the drugs and the disease filled in.

    Raises:
        InputError: a part is unknown or missing; every problem at once, with the nearest known word.
    """
    gene, event, drugs, disease = (part.strip() for part in cohort.split(","))
    kind = _event_of(event)
    target = _target_lines(gene, kind)
    named = [drug.strip().lower() for drug in drugs.split("+") if drug.strip()]
    if not named or not disease:
        raise InputError(Problem("--cohort", f"'{cohort}' names no drug or no disease", allowed=FORM))
    known = _disease_of(disease)
    text = "\n".join(_lines(target, kind, named, known)) + "\n"
    genes = _own_genes_for(target.get("gene"))
    warnings = _checked(text, genes)
    odd = [warning.what for warning in warnings]
    if known.name.lower() != disease.lower():
        odd.append(f"{disease} is taken for {known.name}, with all that the synonyms name")
    return CohortDraft(text, tuple(odd), genes)


def _own_genes_for(symbol: str | None) -> str | None:
    """A table of own genes with the target's, where that is none of the panel and ships as rows to copy."""
    header, further = further_genes()
    if symbol is None or symbol not in further:
        return None
    return "\n".join([header, *further[symbol]]) + "\n"


def _checked(cohort: str, genes: str | None) -> tuple[Problem, ...]:
    """What is odd in the text of a cohort file, with own genes in force; an InputError for what is wrong."""
    with TemporaryDirectory() as folder:
        path, panel = Path(folder) / "cohort.yaml", Path(folder) / "own_genes.tsv"
        path.write_text(cohort, encoding="utf-8")
        panel.write_text(genes or "", encoding="utf-8")
        use_panel(panel if genes else None)
        try:
            return read_checked_cohort(path)[1]
        except InputError as error:
            raise InputError(
                Problem("--cohort", problem.what, column=problem.column, allowed=problem.allowed)
                for problem in error.problems
            ) from None
        finally:
            use_panel(None)


def _event_of(word: str) -> TargetEvent:
    known = {str(event): event for event in TargetEvent} | EVENT_WORDS
    found = known.get(word.lower().replace(" ", "_"))
    if found is None:
        guess = nearest(word, known)
        allowed = f"did you mean {guess}?" if guess else f"known: {', '.join(map(str, TargetEvent))}"
        raise InputError(Problem("--cohort", f"'{word}' is no event of a target", allowed=allowed))
    return found


def _target_lines(gene: str, event: TargetEvent) -> Mapping[str, str]:
    """The keys of the target: `EGFR exon 20`, `EGFR codon 790`, `EGFR L858R` and `FGFR2 1-768` say which part."""
    symbol, _, part = gene.partition(" ")
    keys = {"gene": symbol.upper(), "event": str(event)} if symbol else {"event": str(event)}
    part = part.strip()
    if not part:
        return keys
    if re.fullmatch(r"[1-9]\d*-[1-9]\d*", part):
        return keys | {"keeps": part}
    if match := re.fullmatch(r"(exons?|codons?) ([\d /]+)", part):
        numbers = ", ".join(match[2].replace("/", " ").split())
        return keys | {match[1].rstrip("s") + "s": f"[{numbers}]"}
    return keys | {"protein_changes": f"[{', '.join(part.replace('/', ' ').split())}]"}


def _disease_of(name: str) -> Disease:
    """The disease as the shipped cohorts know it, by its name or a synonym; else its name alone."""
    for path in sorted(shipped("resources", "cohorts").glob("*.yaml")):
        known = load_cohort(path).disease
        if name.lower() in (known.name.lower(), *(word.lower() for word in known.synonyms)):
            return known
    return Disease(name=name)


def _lines(
    target: Mapping[str, str], event: TargetEvent, drugs: list[str], disease: Disease
) -> Iterator[str]:
    gene = target.get("gene")
    short = gene or {"microsatellite_instability": "MSI"}.get(event, "TMB")
    what = f"{gene or ''} {str(event).replace('_', ' ')}".strip()
    yield "# Drafted by `refractor new --cohort`. Every key, its meaning and default: config/README.md, The cohort file."
    yield f"name: {what} in {disease.name}, {' plus '.join(drugs)}"
    yield "# description: one or two sentences for the report"
    yield "# sources: [NCT00000000]"
    yield "target:"
    yield from (f"  {key}: {value}" for key, value in target.items())
    if event is TargetEvent.FUSION and "keeps" not in target:
        yield "  # keeps: first-last, the codons that the fusion must keep"
    yield f"drugs: [{', '.join(drugs)}]"
    classes = dict.fromkeys(
        found for drug in drugs if (found := checks_with(()).knowledge.drug_classes.get(drug))
    )
    yield f"drug_classes: [{', '.join(classes)}]"
    yield "disease:"
    yield f"  name: {disease.name}"
    yield f'  doid: "{disease.doid}"' if disease.doid else "  # doid: number in the Disease Ontology"
    yield f"  synonyms: [{', '.join(disease.synonyms)}]"
    yield "eligibility:"
    yield f"  {short}:"
    yield "    measure: target"
    yield "    required: present"
    yield "# decisive: what must be answered before a tumour holds no candidate; default: every rule of the best tier"
    yield "endpoints:"
    yield "  sd_min_days: 112  # 16 weeks"
    yield "  two_stage: null  # or n1, r1, n, success"
    yield "words:"
    yield f"  target: {what}"
    yield f"  patients: {disease.name} with {what}"
    yield f"  treatment: {' plus '.join(drugs)}"
