"""Several callers' files of one tumour: what most of them say of a gene counts, a tie is not assessable.

Callers of one tumour differ by whole amplicons (of one breast cancer line two gave 16 copies and one 0.7, with 17 true),
so that no file is taken for the truth because it came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from refractor.copynumber.calls.amplification import GeneVerdict
from refractor.copynumber.calls.assessment import AMPLIFIED, Assessment, GeneAssessment
from refractor.results.quality import Quality, QualityStatus
from refractor.vocabulary import CopyNumberCall, Verdict


def with_consensus(files: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """The assessments of two files or more, those that agree with most first, outvoted genes not assessable.

    Of the files that can judge a gene, more than half must call it amplified, or more than half must not; else no file
    says anything of it. Each reason tells what every file said. A row for qc.tsv sums it up.
    """
    named = _with_own_names(files)
    genes = [[item.genes[at] for item in named] for at in range(len(named[0].genes))]
    kept = [_agreed([item.verdict.call for item in row]) for row in genes]
    disputed = [row[0].found.gene.symbol for row, keep in zip(genes, kept, strict=True) if not all(keep)]
    judged = []
    for at, item in enumerate(named):
        rows = tuple(
            row[at] if keep[at] else _without_verdict(row, at, tie=not any(keep), files=named)
            for row, keep in zip(genes, kept, strict=True)
        )
        judged.append(replace(item, genes=rows))
    order = sorted(range(len(judged)), key=lambda at: sum(not keep[at] for keep in kept))
    ordered = [judged[at] for at in order]
    summary = _summary([item.profile.source for item in ordered], disputed, len(genes))
    profile = ordered[0].profile
    ordered[0] = replace(ordered[0], profile=replace(profile, quality=(*profile.quality, summary)))
    return tuple(ordered)


def _with_own_names(files: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """Sources told apart: the second file of one caller is `ascat 2`."""
    seen: dict[str, int] = {}
    named = []
    for item in files:
        source = item.profile.source
        seen[source] = seen.get(source, 0) + 1
        if seen[source] > 1:
            item = replace(item, profile=replace(item.profile, source=f"{source} {seen[source]}"))  # noqa: PLW2901
        named.append(item)
    return tuple(named)


def _agreed(calls: Sequence[CopyNumberCall]) -> list[bool]:
    """Which files keep their word on a gene: all that cannot judge it, and the majority of those that can."""
    votes = [call for call in calls if call is not CopyNumberCall.NOT_ASSESSABLE]
    amplified = sum(call in AMPLIFIED for call in votes)
    if amplified in (0, len(votes)):
        return [True] * len(calls)
    most = None if 2 * amplified == len(votes) else 2 * amplified > len(votes)
    return [
        call is CopyNumberCall.NOT_ASSESSABLE or (most is not None and (call in AMPLIFIED) == most)
        for call in calls
    ]


def _without_verdict(
    row: Sequence[GeneAssessment], at: int, *, tie: bool, files: Sequence[Assessment]
) -> GeneAssessment:
    told = ", ".join(
        f"{item.profile.source} {gene.verdict.call}"
        + ("" if gene.found.copy_number is None else f" ({gene.found.copy_number:.1f} copies)")
        for item, gene in zip(files, row, strict=True)
    )
    reason = f"{'files disagree' if tie else 'outvoted by the other files'}: {told}"
    gene = row[at]
    definitions = tuple(replace(item, verdict=Verdict.NOT_ASSESSABLE) for item in gene.definitions)
    return GeneAssessment(
        gene.found, GeneVerdict(CopyNumberCall.NOT_ASSESSABLE, gene.verdict.p_amplified, reason), definitions
    )


def _summary(sources: Sequence[str], disputed: Sequence[str], total: int) -> Quality:
    note = (
        f"{', '.join(sources)} disagree on {', '.join(disputed)}"
        if disputed
        else f"{', '.join(sources)} agree"
    )
    return Quality(
        metric="copy_number_files_agree",
        value=f"{total - len(disputed)} of {total}",
        status=QualityStatus.WARN if disputed else QualityStatus.PASS,
        unit="genes",
        note=f"{note} on what is amplified; the majority counts, a tie is not assessable",
    )
