"""How an amplicon is built and how many copies of its gene are whole, in words for figures and pages."""

from __future__ import annotations

from refractor.results.junction_tables import AmpliconStructure, Architecture

ARCHITECTURES = {
    Architecture.TANDEM_OR_CIRCULAR: "tandem or circular",
    Architecture.BREAKAGE_FUSION_BRIDGE: "as of breakage-fusion-bridge",
    Architecture.COMPLEX: "complex",
    Architecture.UNRESOLVED: "not resolved",
    Architecture.NOT_TESTED: "not tested",
}


def verdict_words(structure: AmpliconStructure) -> str:
    """Architecture, copies and those left whole: `structure complex; 24.1 copies, 13.9 of them whole (11.2-16.8)`."""
    words = f"{structure.gene} amplicon, structure {ARCHITECTURES[structure.architecture]}"
    if structure.copy_number is not None:
        words += f"; {structure.copy_number:.1f} copies"
    if structure.intact_copies is not None:
        low, high = structure.intact_copies_low or 0.0, structure.intact_copies_high or 0.0
        words += f", {structure.intact_copies:.1f} of them whole ({low:.1f}-{high:.1f})"
    return words


def carrying_words(structure: AmpliconStructure) -> str:
    """Copies of a cell that carries the amplicon, which depth leaves open; empty where copies are not known."""
    low, high = structure.carrying_copies_low, structure.carrying_copies_high
    if low is None or high is None:
        return ""
    return (
        f"{structure.gene} in a cell that carries it: {low:.0f} copies if all tumour cells do, "
        f"up to {high:.0f} if a fifth of them does"
    )
