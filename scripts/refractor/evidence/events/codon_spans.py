"""Spans of codons as rules write them: `634-649`, or one codon."""

from __future__ import annotations

import re

CodonSpan = tuple[int, int]
"""First and last codon, both inclusive, from 1."""

_SPAN = re.compile(r"([1-9]\d*)-([1-9]\d*)")
_SPAN_OR_CODON = re.compile(r"([1-9]\d*)(?:-([1-9]\d*))?")


def parse_span(text: str) -> CodonSpan | None:
    """The span written `first-last`; None where it is not."""
    match = _SPAN.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def parse_span_or_codon(text: str) -> CodonSpan | None:
    """The span written `first-last`, or one codon as a span of itself; None where it is neither."""
    match = _SPAN_OR_CODON.fullmatch(text)
    return (int(match[1]), int(match[2] or match[1])) if match else None


def parse_kept_span(text: str) -> CodonSpan | None:
    """The span written `keeps:first-last`; None where it is not."""
    return parse_named_span("keeps", text)


def parse_named_span(word: str, text: str) -> CodonSpan | None:
    """The span written behind the word and a colon, e.g. `keeps:457-717`; None where it is not."""
    stated, _, span = text.partition(":")
    return parse_span(span) if stated == word else None


def parse_spared_span(text: str) -> CodonSpan | None:
    """The span written `except:first-last`, of an exon whose loss alone another rule answers; None where it is not."""
    return parse_named_span("except", text)
