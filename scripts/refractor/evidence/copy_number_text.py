"""The text of a gene's copies in reasons and sentences."""

from __future__ import annotations

from refractor.results.copy_number_tables import GeneCopyNumber


def describe(copies: GeneCopyNumber) -> str:
    """The call with copies, interval, ploidy ratio and probability, e.g. `amplified, 24.1 copies (20.2-28.0)`."""
    parts = [str(copies.call).replace("_", " ")]
    if copies.copy_number is not None:
        parts.append(f"{copies.copy_number:.1f} copies{interval(copies)}")
    if copies.copy_number_over_ploidy is not None:
        parts.append(f"{copies.copy_number_over_ploidy:.1f} times ploidy")
    if copies.p_amplified is not None:
        parts.append(f"P(amplified) {copies.p_amplified:.2f}")
    return ", ".join(parts)


def interval(copies: GeneCopyNumber) -> str:
    """The interval of the copies in brackets."""
    if copies.copy_number_low is None or copies.copy_number_high is None:
        return " (no interval given)"
    return f" ({copies.copy_number_low:.1f}-{copies.copy_number_high:.1f})"


def not_measured(gene: str, copies: GeneCopyNumber | None) -> str:
    """Why nothing can be said of a gene's copies."""
    if copies is None:
        return f"copies of {gene} were not measured"
    because = f": {copies.reason}" if copies.reason else ""
    return f"copies of {gene} not assessable{because}"
