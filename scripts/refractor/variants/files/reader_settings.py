"""What the readers of small variants take as given."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.genome.intervals import PANEL_PADDING_BP


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader of small variants takes as given; defaults are design choices of this project."""

    germline_normal_vaf: float = 0.2
    """Fraction in the normal from which a variant counts as inherited; less is the tumour's cells in it."""
    germline_normal_reads: int = 3
    germline_population_frequency: float = 0.01
    """Population frequency, where the file states one, from which a variant counts as inherited."""
    padding_bp: int = PANEL_PADDING_BP
