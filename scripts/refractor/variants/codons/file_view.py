"""What a file of variants says about codons: what it calls, and where its silence means something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refractor.genome.intervals import Regions
from refractor.variants.codons.codon_alleles import Called
from refractor.variants.observation import CallableBlock, Unread


@dataclass(frozen=True, slots=True)
class VariantFileView:
    """What a file of variants says about codons: what it calls, and where its silence means something.

    `callable_regions` is the sheet's BED, `assume_callable` the configuration's word, `blocks` the
    homozygous-reference blocks of a gVCF. Without `calls_substitutions` the file's program reports indels only,
    and its silence says nothing of codons; without `calls_indels` it says nothing of insertions and deletions.
    `unread` are stretches with a record that counts and could not be read; `mute` says why the file's silence means
    nothing anywhere, empty where it may; `silent_chromosomes` the same by chromosome.
    """

    flavour: str
    called: tuple[Called, ...]
    callable_regions: Regions | None = None
    assume_callable: bool = False
    blocks: tuple[CallableBlock, ...] = ()
    calls_substitutions: bool = True
    calls_indels: bool = True
    unread: tuple[Unread, ...] = ()
    mute: str = ""
    silent_chromosomes: Mapping[str, str] = field(default_factory=dict)

    def why_silent(self, chromosome: str, start: int, end: int) -> str | None:
        """Why the file says nothing of a stretch by being silent there, whatever it could call; None where it may."""
        if self.mute:
            return f"the silence of the file of small variants says nothing: {self.mute}"
        if chromosome in self.silent_chromosomes:
            return f"the file of small variants says nothing of chromosome {chromosome}: {self.silent_chromosomes[chromosome]}"
        for one in self.unread:
            if one.chromosome == chromosome and one.start < end and start < one.end:
                return f"the file of small variants has a record here {one.why}"
        return None
