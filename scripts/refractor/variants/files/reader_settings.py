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
    large_file_bytes: int = 20_000_000
    """Size from which an index beside the file is used, and the walk over every line left out."""
    padding_bp: int = PANEL_PADDING_BP
