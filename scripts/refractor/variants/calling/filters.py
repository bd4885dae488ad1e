"""Whether the evidence for an allele is believed: log odds, biases, and the matched normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from refractor.settings.thresholds import CALLING
from refractor.statistics.hypergeometric import fisher
from refractor.variants.calling.somatic import NormalRule, NormalVerdict, normal_verdict
from refractor.variants.calling.supporting_fragments import Evidence
from refractor.variants.codons.power import DetectionThresholds, probability_of_at_least
from refractor.variants.codons.tumor_context import AlleleOrigins
from refractor.variants.inherited_hotspot import rarer_than_inherited
from refractor.variants.observation import IN_NORMAL, TOO_WEAK_IN_READS


class Filter(StrEnum):
    """Why a candidate is not believed; the FILTER column of variants.vcf.gz."""

    FEW_FRAGMENTS = "few_fragments"
    WEAK = "weak"
    DAMAGE = "damage"
    LOW_VAF = "low_vaf"
    STRAND_BIAS = "strand_bias"
    READ_END = "read_end"
    MAPPING_QUALITY = "mapping_quality"
    NOISY_READS = "noisy_reads"
    IN_NORMAL = IN_NORMAL
    CLUSTERED = "clustered"
    INDEL_SHADOW = "indel_shadow"
    POLYMORPHIC_LOCUS = "polymorphic_locus"
    FOREIGN_DNA = "foreign_dna"

    @property
    def meaning(self) -> str:
        """What speaks against the allele, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Filter.FEW_FRAGMENTS: "fewer fragments carry it than are asked for there",
    Filter.DAMAGE: "a change of the library's damage whose fragments that damage explains nearly as well",
    Filter.INDEL_SHADOW: "misaligned ends of reads that carry an insertion or deletion beside it",
    Filter.WEAK: "mistakes explain the fragments nearly as well",
    Filter.LOW_VAF: "allele fraction below that demanded outside hotspots",
    Filter.STRAND_BIAS: "all carriers on one strand, the others on both",
    Filter.READ_END: "carriers have the allele at the ends of their alignments",
    Filter.MAPPING_QUALITY: "carriers are badly mapped",
    Filter.NOISY_READS: "carriers have more stray mismatches than the others",
    Filter.IN_NORMAL: "the matched normal shows it too, less than an inherited variant",
    Filter.CLUSTERED: "several other alleles lie close by on the same fragments, as in misplaced reads",
    Filter.FOREIGN_DNA: "no commoner than what the person inherited whose DNA contaminates the tumour",
    Filter.POLYMORPHIC_LOCUS: "the gene differs between people so much that the reference cannot stand for it",
}


@dataclass(frozen=True, slots=True)
class CallThresholds:
    """What an allele must show besides fragments and log odds. Our choices, set on simulated genomes (benchmarks).

    `normal_p` Fisher's two-sided p of the
    counts in tumour and normal from which an allele that the normal shows at all is not believed; `foreign_alpha` probability of the fragments, or more, of
    an allele of the contaminating person, from which one is not believed outside hotspots; `strand_p` Fisher's two-sided p of
    carriers against the reference's strands, with all carriers on one strand; `end_distance_bp` how far
    four in five carriers have the allele from the end of an alignment at most, `other_end_distance_bp` the
    median of the others from which that is odd; `noise` how many more stray mismatches
    (median) carriers have than others; `cluster` that many other alleles within `cluster_bp` that share `cluster_share` of
    their carriers come of misplaced reads.
    """

    min_vaf: float = CALLING.min_vaf
    strand_p: float = 1e-3
    end_distance_bp: float = 6.0
    other_end_distance_bp: float = 12.0
    least_mapping_quality: float = 30.0
    noise: float = 2.0
    cluster: int = 3
    cluster_bp: int = 50
    cluster_share: float = 0.5
    germline_normal_vaf: float = 0.2
    tumor_only_alpha: float = 0.001
    foreign_alpha: float = 0.01
    normal_p: float = 0.1


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is believed of one allele."""

    filters: tuple[Filter, ...]
    germline: bool
    notes: tuple[str, ...]

    @property
    def explained(self) -> bool:
        """Whether mistakes explain the fragments (observation.TOO_WEAK_IN_READS)."""
        return not TOO_WEAK_IN_READS.isdisjoint(self.filters)

    def failing(self, name: Filter) -> Judgement:
        """The same with one more filter against it."""
        return replace(self, filters=(*self.filters, name))

    def noting(self, note: str) -> Judgement:
        """The same with one more note."""
        return replace(self, notes=(*self.notes, note))

    def inherited(self, note: str) -> Judgement:
        """The same as an inherited allele, with what says so."""
        return replace(self, germline=True, notes=(*self.notes, note))


def judged(
    tumor: Evidence,
    normal: Evidence | None,
    *,
    hotspot: bool,
    substitution: bool,
    damaged: bool = False,
    origins: AlleleOrigins,
    thresholds: DetectionThresholds,
    calls: CallThresholds,
    rule: NormalRule,
) -> Judgement:
    """Filters, germline likeliness and notes of one candidate.

    `thresholds` are those of its place; `damaged` says that the library's damage makes such a change.
    """
    filters: list[Filter] = []
    if tumor.alt < thresholds.least_alt_reads(tumor.depth):
        filters.append(Filter.FEW_FRAGMENTS)
    if tumor.log_odds < thresholds.log_odds:
        filters.append(Filter.DAMAGE if damaged else Filter.WEAK)
    if not hotspot and tumor.vaf < calls.min_vaf:
        filters.append(Filter.LOW_VAF)
    filters += _biases(tumor, substitution=substitution, calls=calls)
    germline, in_normal, notes = _inheritance(
        tumor, normal, hotspot=hotspot, origins=origins, calls=calls, rule=rule.knowing(origins)
    )
    filters += in_normal
    if not germline and not in_normal and _fits_foreign(tumor, origins, calls):
        if not hotspot:
            filters.append(Filter.FOREIGN_DNA)
        else:
            notes.append(
                "its VAF fits the foreign DNA in the tumour as well: a variant of another patient's tumour, if of one"
            )
    return Judgement(tuple(filters), germline, tuple(notes))


def _inheritance(
    tumor: Evidence,
    normal: Evidence | None,
    *,
    hotspot: bool,
    origins: AlleleOrigins,
    calls: CallThresholds,
    rule: NormalRule,
) -> tuple[bool, list[Filter], list[str]]:
    """Whether an allele is inherited, the filter of one that the normal shows without that, and notes."""
    verdict = normal_verdict(
        tumor.vaf,
        normal_alt=None if normal is None else normal.alt,
        normal_depth=None if normal is None else normal.depth,
        rule=rule,
    )
    if normal is not None:
        common = normal.vaf >= calls.germline_normal_vaf * (1 - origins.normal_foreign_dna)
        if hotspot and not origins.normal_foreign_dna:
            common &= not rarer_than_inherited(normal.alt, normal.depth)
        as_common = normal.alt > 0 and _no_rarer(tumor, normal, calls)
        if verdict is NormalVerdict.CARRIED or (origins.share_in_normal and common and as_common):
            return common, [] if common else [Filter.IN_NORMAL], []
        if not hotspot and as_common:
            return False, [Filter.IN_NORMAL], []
    germline, notes = False, []
    if verdict is not NormalVerdict.ABSENT:
        if verdict is NormalVerdict.TOO_SHALLOW and normal is not None:
            notes.append(_unclear(normal, origins))
        if not hotspot and _fits_inherited(tumor, origins.inherited_vafs, calls):
            germline = True
            notes.append(f"likely inherited by its VAF of {tumor.vaf:.2f}: no normal says otherwise")
    elif origins.share_in_normal and normal is not None and normal.alt:
        notes.append(
            f"{normal.alt} of {normal.depth} fragments of the normal, which the tumour cells in it explain"
        )
    return germline, [], notes


def _unclear(normal: Evidence, origins: AlleleOrigins) -> str:
    """Why the normal does not exclude that an allele is inherited."""
    if origins.share_in_normal and normal.alt:
        return f"{normal.alt} of {normal.depth} fragments of the normal: tumour cells in it explain them, inheritance too"
    return f"normal too shallow to exclude inheritance ({normal.depth} fragments)"


def _biases(tumor: Evidence, *, substitution: bool, calls: CallThresholds) -> list[Filter]:
    found = []
    one_sided = min(tumor.alt_forward, tumor.alt_reverse) == 0
    if one_sided and _strand_p(tumor) < calls.strand_p:
        found.append(Filter.STRAND_BIAS)
    if (
        substitution
        and tumor.alt_end_distance < calls.end_distance_bp
        and tumor.ref_end_distance >= calls.other_end_distance_bp
    ):
        found.append(Filter.READ_END)
    if tumor.alt_mapping_quality < calls.least_mapping_quality:
        found.append(Filter.MAPPING_QUALITY)
    if tumor.alt_noise > tumor.ref_noise + calls.noise:
        found.append(Filter.NOISY_READS)
    return found


def _no_rarer(tumor: Evidence, normal: Evidence, calls: CallThresholds) -> bool:
    """Whether the normal shows the allele without being clearly rarer there than in the tumour."""
    return fisher(tumor.alt, tumor.depth, normal.alt, normal.depth) >= calls.normal_p


def _fits_inherited(tumor: Evidence, vafs: Sequence[float], calls: CallThresholds) -> bool:
    """Whether the counts fit a heterozygous inherited variant of one of these VAFs, or a homozygous one.

    Above the highest of them everything fits: there, copies that are not known were lost or gained.
    """
    for vaf in vafs:
        no_more = 1 - probability_of_at_least(tumor.alt + 1, tumor.depth, vaf)
        no_fewer = probability_of_at_least(tumor.alt, tumor.depth, vaf)
        if no_more >= calls.tumor_only_alpha and (vaf == max(vafs) or no_fewer >= calls.tumor_only_alpha):
            return True
    return False


def _fits_foreign(tumor: Evidence, origins: AlleleOrigins, calls: CallThresholds) -> bool:
    """Whether the allele is no commoner than one of the person whose DNA contaminates the tumour."""
    if not origins.foreign_vaf:
        return False
    return probability_of_at_least(tumor.alt, tumor.depth, origins.foreign_vaf) >= calls.foreign_alpha


def _strand_p(tumor: Evidence) -> float:
    alt, ref = tumor.alt_forward + tumor.alt_reverse, tumor.ref_forward + tumor.ref_reverse
    return fisher(tumor.alt_forward, alt, tumor.ref_forward, ref)
