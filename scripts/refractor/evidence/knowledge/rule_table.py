"""What others need of the rules: docs/rules.md for readers, and the codons that the variants step tells of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from refractor.evidence.events.fusion import Fusion
from refractor.evidence.events.known_events import EVENTS
from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, KnowledgeBase
from refractor.evidence.knowledge.rules import Rule
from refractor.files.tabular import read_rows
from refractor.vocabulary import Observability, Tier

_SEEN = {
    Observability.FULL: "yes",
    Observability.PARTIAL: "in part",
    Observability.NO: "no",
}
_INTRODUCTION = """\
# Rules of the knowledge base

Written by `python scripts/build_rule_table.py` from `resources/evidence`; do not edit here. Version {version},
{count} rules: {tiers}. {unverified} of them rest in part on memory and say so.

- Tiers: R1 same disease and same kind of drug, several patients; R2 the same in cases, plasma series or acquired;
  R3 clinical evidence of another drug or disease that carries over; R4 preclinical or by analogy; R5 context.
- R1 to R3 against the drug is a **candidate**; R4 is a hypothesis; R5 and everything on TP53 never explains.
- A rule is **found**, **not found** or **not tested** in a tumour. It is not found only where all that it names was
  looked at with power: every codon assessed, or the whole coding sequence, copies of both alleles, and structural
  variants.
- The label: `candidate_r1` and `candidate_r2_r3` by the best candidate; `hypothesis_r4` where only hypotheses are
  found; `no_candidate` where none is found and every decisive question of the cohort was answered (found or not
  found); `unresolved` where none is found and one was not; `not_assessable` where none was. The cohort file names the
  decisive questions: for the cohort of the study the codons of its criteria, the copies and the coding changes of
  the target. Outcomes are read by no step before.
- Candidates are ordered by tier, then clonality (clonal, unknown, subclonal), then altered genes before the lack of
  the target, then copies.
- Inherited and filtered variants, and variants numbered on another transcript, never count.
"""


def rule_page(knowledge: KnowledgeBase) -> str:
    """The page, in Markdown."""
    rules = knowledge.rules
    counts = ", ".join(f"{sum(rule.tier is tier for rule in rules)} of {tier}" for tier in Tier)
    parts = [
        _INTRODUCTION.format(
            version=knowledge.version,
            count=len(rules),
            tiers=counts,
            unverified=sum(not rule.verified for rule in rules),
        )
    ]
    parts.append(_kinds())
    titles = {cells["file"]: cells["title"] for _, cells in read_rows(EVIDENCE / "rule_files.tsv", [])[1]}
    for file in dict.fromkeys([*titles, *(rule.file for rule in rules)]):
        rows = [rule for rule in rules if rule.file == file]
        if rows:
            parts.append(_section(titles.get(file, file), file, rows))
    return "\n".join(parts)


def _kinds() -> str:
    """What `event_type` and `match` may hold, from the registry of events."""
    lines = [
        "## Kinds of event",
        "",
        "What the columns `event_type` and `match` of a rule may hold.",
        "",
        "| event_type | match | met by |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {kind.form} | {kind.met_by} |" for name, kind in EVENTS.items()]
    return "\n".join([*lines, ""])


def rule_codons(knowledge: KnowledgeBase) -> str:
    """resources/panel/rule_codons.tsv: the codons at which a rule asks for small variants, neighbours together.

    Rules of whole genes (truncations, splice sites) name no codon.
    """
    asked: dict[tuple[str, int], list[str]] = {}
    for rule in knowledge.rules:
        for codon in rule.event.codons:
            asked.setdefault((rule.gene or "", codon), []).append(rule.rule_id)
    places = sorted((gene, codon, ",".join(sorted(set(rules)))) for (gene, codon), rules in asked.items())
    runs = groupby(enumerate(places), key=lambda item: (item[1][0], item[1][2], item[1][1] - item[0]))
    lines = ["gene\tfirst_codon\tlast_codon\trules"]
    for (gene, rules, _), run in runs:
        codons = [place[1] for _, place in run]
        lines.append(f"{gene}\t{codons[0]}\t{codons[-1]}\t{rules}")
    return "\n".join(lines) + "\n"


FUSION_TARGETS = ("EGFR", "FGFR1", "FGFR2", "MET", "PDGFRA", "RAF1")
"""Panel genes whose fusions or inner deletions drugs aim at, so that a cohort's target may be one (our choice)."""


def rule_junctions(knowledge: KnowledgeBase, outside_panel: Collection[str]) -> str:
    """resources/panel/rule_junctions.tsv: the genes of whose junctions a rule or a cohort's target may ask, by symbol.

    Of genes outside the panel only the stretch between the codons is searched in which their fusions break.
    """
    asked: dict[str, list[str]] = {gene: ["target"] for gene in FUSION_TARGETS}
    codons: dict[str, list[int]] = {}
    for rule in knowledge.rules:
        event = rule.event
        if event.asks_for_junctions:
            asked.setdefault(event.gene, []).append(rule.rule_id)
        if isinstance(event, Fusion) and event.breaks and event.gene in outside_panel:
            codons.setdefault(event.gene, []).extend(event.breaks)
    lines = ["gene\trules\tbreak_codons"]
    for gene, rules in sorted(asked.items()):
        span = f"{min(codons[gene])}-{max(codons[gene])}" if gene in codons else ""
        lines.append(f"{gene}\t{','.join(sorted(rules))}\t{span}")
    return "\n".join(lines) + "\n"


def _section(title: str, file: str, rules: Sequence[Rule]) -> str:
    lines = [
        f"## {title}",
        "",
        f"`resources/evidence/rules/{file}`",
        "",
        "| rule | gene | alteration | tier | direction | drugs | why, for, against | sources | seen in a genome |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_line(rule) for rule in rules), ""])


def _line(rule: Rule) -> str:
    alteration = f"{rule.event.kind.replace('_', ' ')}: {'; '.join(rule.match)}"
    alteration = alteration.replace("*", "\\*")
    if isinstance(rule.event, LowCopyNumber) and rule.event.max_copies is not None:
        alteration += f", below {rule.event.max_copies:g} copies"
    words = [f"{rule.statement}.", f"**For:** {rule.evidence_for}."]
    if rule.evidence_against:
        which = f" ({', '.join(rule.conflicting_alleles)})" if rule.conflicting_alleles else ""
        words.append(f"**Against{which}:** {rule.evidence_against}.")
    if rule.note:
        words.append(f"*{rule.note}.*")
    if not rule.verified:
        words.append("Unverified.")
    cells = [
        rule.rule_id,
        rule.gene or "",
        alteration,
        str(rule.tier),
        str(rule.direction).replace("_", " "),
        ", ".join(rule.drug_scope),
        " ".join(words),
        rule.sources(),
        _SEEN[rule.observability],
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
