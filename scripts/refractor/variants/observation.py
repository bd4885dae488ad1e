"""One small variant and what was counted of it, whatever file or reads it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from refractor.genome.intervals import Regions
from refractor.genome.variant import Variant
from refractor.variants.file_content import FileContent

READS_ORIGIN = "reads"
"""`Observation.origin` of a variant that was called here, from reads."""


REFERENCE_GENOTYPE = "tumor_genotype_reference"
"""Filter name given here to a hotspot allele with reads in the tumour that its caller genotypes as absent."""
TOO_FEW_READS = "too_few_reads"
"""Filter name given here to an allele shown by fewer reads than a variant called from reads must have."""
REFERENCE_STATUS = "somatic_status_reference"
"""Filter name given here to a record whose somatic status says that it is like the reference (SS=0)."""
IN_NORMAL = "in_normal"
"""Filter name given here to an allele of which the normal shows more than tumour cells in it, less than of an inherited one."""
CALLED_INHERITED = "called_inherited"
"""Filter name given here to a hotspot that its caller calls inherited and whose normal's reads do not say otherwise."""
SAY_ABSENT = frozenset({REFERENCE_GENOTYPE, REFERENCE_STATUS, TOO_FEW_READS})
"""Filters given here that say that there is no variant, not that one is doubted."""
TOO_WEAK_IN_READS = frozenset({"few_fragments", "weak", "damage"})
"""Filters of variants called from reads that say that mistakes explain the fragments: nothing is shown by them."""
UNFILTERED = "unfiltered"
"""Filter name given here to every record of a file whose caller's own filter was not run."""


@dataclass(frozen=True, slots=True)
class StatedEffect:
    """What the source's own annotator (VEP, snpEff, PAVE, maf) calls a variant on the MANE Select transcript.

    `hgvs_c` without the accession, `protein_change` in one letter without p.; empty where not stated.
    """

    gene: str
    hgvs_c: str
    protein_change: str
    terms: tuple[str, ...]
    annotator: str


@dataclass(frozen=True, slots=True)
class PhaseKey:
    """A phase set of a caller and the haplotype in it, None where the caller does not name haplotypes."""

    phase_set: str
    haplotype: str | None = None

    def __str__(self) -> str:
        return self.phase_set if self.haplotype is None else f"{self.phase_set}, haplotype {self.haplotype}"


@dataclass(frozen=True, slots=True)
class Observation:
    """A variant with its counts in one tumour. What the source does not say is None, never 0.

    `depth`, `ref_reads` and `alt_reads` are fragments where counted here, else as the caller counts;
    `vaf` is 0-1; `filters` are the source's own filter names, empty for PASS and for a file that
    filters nothing; `origin` is `reads` or the flavour of the file (see variants.flavours);
    `germline_likely` says that the source, or its normal, calls the variant inherited;
    `notes` are sentences to carry along, e.g. that a second SNV of the codon is on the same reads;
    `stated` is what the source's annotator calls the variant, used where ours has no sequence;
    `said_absent` that its caller, or the count of its reads, says that there is no such variant (not written).
    """

    variant: Variant
    depth: int | None = None
    ref_reads: int | None = None
    alt_reads: int | None = None
    vaf: float | None = None
    normal_depth: int | None = None
    normal_alt_reads: int | None = None
    quality: float | None = None
    filters: tuple[str, ...] = ()
    origin: str = READS_ORIGIN
    germline_likely: bool = False
    notes: tuple[str, ...] = ()
    stated: StatedEffect | None = None
    said_absent: bool = False

    @property
    def unshown(self) -> bool:
        """Whether it is a candidate of the reads that mistakes explain: written for the record, evidence of nothing."""
        return self.origin == READS_ORIGIN and not TOO_WEAK_IN_READS.isdisjoint(self.filters)


@dataclass(frozen=True, slots=True)
class CallableBlock:
    """A stretch that the source says it looked at and found like the reference; 0-based, half-open.

    From homozygous-reference blocks of a gVCF. `depth` is the least depth the block states; None where it
    states none.
    """

    chromosome: str
    start: int
    end: int
    depth: int | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch with a record that counts and could not be read; 0-based, half-open; `why` completes "a record ..."."""

    chromosome: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class SmallVariants:
    """What one file of small variants says of one tumour, over the panel.

    `flavour` is a value of variants.flavours.Flavour or `maf`; `tumor_column` the name of the sample that was
    read inside the file, empty where it has none; `notes` are sentences for the analyses table, in the order they came up.
    `calls_substitutions` and `calls_indels` are False where the file's program cannot have called such
    variants at all: its silence then says nothing of them, whatever regions were callable. `unread` are the
    stretches (chromosome, start, end) of records that count and whose allele could not be read, with the reason.
    `mute` says why the file's silence means nothing at all, empty where it may; `content` is what the whole file was
    seen to hold, None where that is not known; `looked_at` is where the file says in words that it found nothing.
    """

    observations: tuple[Observation, ...]
    flavour: str
    tumor_column: str = ""
    notes: tuple[str, ...] = ()
    callable_blocks: tuple[CallableBlock, ...] = ()
    calls_substitutions: bool = True
    calls_indels: bool = True
    unread: tuple[Unread, ...] = ()
    mute: str = ""
    content: FileContent | None = None
    looked_at: Regions | None = None
