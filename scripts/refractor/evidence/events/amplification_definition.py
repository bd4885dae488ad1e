"""Published definitions of amplification that a rule names."""

from __future__ import annotations

from collections.abc import Sequence

from refractor.evidence.findings import Findings
from refractor.vocabulary import Verdict

_PREFIX = "definition:"


def named_definitions(tokens: Sequence[str]) -> tuple[str, ...]:
    """The definitions of amplification_definitions.tsv that tokens such as `definition:6_copies` name."""
    return tuple(token.removeprefix(_PREFIX) for token in tokens if token.startswith(_PREFIX))


def verdict_of(gene: str, definitions: Sequence[str], findings: Findings) -> Verdict | None:
    """The verdict of the first of the definitions that was applied to the gene; None where none was."""
    verdicts = (findings.definitions.get((gene, name)) for name in definitions)
    return next((verdict for verdict in verdicts if verdict is not None), None)
