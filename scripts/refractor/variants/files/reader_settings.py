"""What the readers of small variants take as given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from refractor.genome.intervals import PANEL_PADDING_BP
from refractor.variants.codons.power import DetectionThresholds
from refractor.variants.inherited_hotspot import rarer_than_inherited
from refractor.variants.observation import CALLED_INHERITED, IN_NORMAL


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader of small variants takes as given; defaults are design choices of this project."""

    germline_normal_vaf: float = 0.2
    """Fraction in the normal from which a variant counts as inherited; less is the tumour's cells in it."""
    germline_normal_reads: int = 3
    share_in_normal: float = 0.0
    """Share of a VAF that the tumour cells measured in the normal's reads leave there."""
    germline_population_frequency: float = 0.01
    """Population frequency, where the file states one, from which a variant counts as inherited."""
    padding_bp: int = PANEL_PADDING_BP
    thresholds: DetectionThresholds = field(default_factory=DetectionThresholds().of_files)
    """As many fragments must show a variant of a file as one that is called from reads outside hotspots."""

    filters: Path | None = None
    """The user's table of filter names, whose rows go before resources/callers/filters.tsv."""

    sequenced: frozenset[str] | None = None
    """The tumours that were sequenced: one of them without a row had nothing to report. None where no list is given."""

    def by_normal(
        self, alt_reads: int | None, vaf: float | None, *, tumor_vaf: float | None, is_hotspot: bool
    ) -> tuple[bool, tuple[str, ...]]:
        """Whether the normal's reads show a variant as inherited, and the filter of one that they show as neither.

        What the tumour cells in the normal explain is neither.
        """
        explained = self.share_in_normal * (tumor_vaf or 0.0)
        if not alt_reads or alt_reads < self.germline_normal_reads:
            return False, ()
        if not vaf or vaf < max(self.germline_normal_vaf, explained):
            return False, ()
        if is_hotspot and rarer_than_inherited(alt_reads, round(alt_reads / vaf)):
            return False, (IN_NORMAL,)
        return True, ()

    def called_inherited(self, alt_reads: int | None, depth: int | None) -> tuple[str, ...]:
        """The filter of a hotspot that its caller calls inherited: none where the normal's reads speak against it."""
        cleared = depth and alt_reads is not None and rarer_than_inherited(alt_reads, depth)
        return () if cleared else (CALLED_INHERITED,)

    def too_few(self, alt_reads: int | None, depth: int | None) -> bool:
        """Whether the reads that a file counts are too few for a variant; False where it counts none."""
        if alt_reads is None:
            return False
        return alt_reads < self.thresholds.alt_reads_needed(max(depth or 0, alt_reads))
