"""Whether one tumour's own files belong together: tumour and normal, sex, contamination, read groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refractor.genome.builds import GenomeBuild
from refractor.identity.contamination import (
    contamination_by_own_alleles,
    error_rate_of,
    estimate_contamination,
)
from refractor.identity.genotypes import call_genotypes, homozygous_match
from refractor.identity.sex import infer_sex
from refractor.identity.snp_counts import AlleleCounts, GenomeKind, SampleAlleles, counts_at_snps
from refractor.reads.windows import SampledReads
from refractor.results.mixture import NORMAL_CONTAMINATION, TUMOR_CONTAMINATION
from refractor.results.quality import Quality, QualityStatus
from refractor.settings.thresholds import IdentitySettings


@dataclass(frozen=True, slots=True, eq=False)
class Sanity:
    """What was found: the alleles to keep, rows for qc.tsv, what stops the tumour (None: nothing), what was done."""

    alleles: SampleAlleles
    quality: tuple[Quality, ...]
    stop: str | None
    done: str


def check_sample(
    reads: SampledReads, *, build: GenomeBuild, sex: str | None, settings: IdentitySettings
) -> Sanity:
    """Whether the reads are of one person, and of the sex (XX, XY) that the sheet states."""
    genomes = {
        GenomeKind.TUMOR: counts_at_snps(reads.sites, reads.tumor, build, names=reads.tumor_names),
    }
    if reads.normal is not None:
        genomes[GenomeKind.NORMAL] = counts_at_snps(
            reads.sites, reads.normal, build, names=reads.normal_names
        )
    pair, pair_stop, done = _pair(genomes, settings)
    sex_row, sex_stop = _sex(reads, sex)
    stops = [stop for stop in (pair_stop, sex_stop) if stop is not None]
    quality = (
        *pair,
        *sex_row,
        *_contaminations(reads, genomes, settings, pair=pair_stop is None),
        *_read_groups(reads),
    )
    return Sanity(SampleAlleles(build, genomes), quality, "; ".join(stops) or None, done)


def _pair(
    genomes: dict[GenomeKind, AlleleCounts], settings: IdentitySettings
) -> tuple[list[Quality], str | None, str]:
    """Tumour against normal."""
    tumor, normal = genomes[GenomeKind.TUMOR], genomes.get(GenomeKind.NORMAL)
    if normal is None:
        return [], None, "no normal to compare with"
    concordance, sites = homozygous_match(call_genotypes(normal.ref, normal.alt), tumor.ref, tumor.alt)
    limits = (
        f"one person from {settings.same_person_concordance:g}, "
        f"two below {settings.different_person_concordance:g}"
    )
    found = f"reads fit at {concordance:.1%} of {sites} SNPs that are homozygous in the normal"
    name = "identity_concordance"
    if sites < settings.min_sites:
        note = f"{sites} SNPs, {settings.min_sites} are needed"
        row = Quality(
            metric=name,
            value=concordance if sites else None,
            status=QualityStatus.WARN,
            unit="0-1",
            note=note,
        )
        return [row], None, f"tumour and normal could not be compared: {note}"
    if concordance < settings.different_person_concordance:
        row = Quality(
            metric=name,
            value=concordance,
            status=QualityStatus.FAIL,
            unit="0-1",
            note=f"{sites} SNPs; {limits}",
        )
        stop = (
            f"tumor_reads and normal_reads are of different people: the tumour's {found}; give the patient's own "
            "files, or leave normal_reads empty if it is known that only the normal is wrong"
        )
        return [row], stop, ""
    sure = concordance >= settings.same_person_concordance
    status = QualityStatus.PASS if sure else QualityStatus.WARN
    row = Quality(metric=name, value=concordance, status=status, unit="0-1", note=f"{sites} SNPs; {limits}")
    word = "are of one person" if sure else "may or may not be of one person"
    return [row], None, f"tumour and normal {word}: the tumour's {found}"


def _sex(reads: SampledReads, sex: str | None) -> tuple[list[Quality], str | None]:
    """The sex that the normal's reads show, else the tumour's, against the sheet."""
    seen = infer_sex(reads.sites, reads.tumor if reads.normal is None else reads.normal)
    if sex is None or seen is None or seen == sex:
        note = "" if sex is None or seen else "the reads cannot tell; the sheet's word stands"
        return [
            Quality(metric="sex_of_reads", value=seen, status=QualityStatus.PASS, unit="", note=note)
        ], None
    where = "tumor_reads" if reads.normal is None else "normal_reads"
    stop = f"the sheet says {sex}, {where} show {seen}: correct sex in samples.tsv, or give the reads of this patient"
    return [
        Quality(
            metric="sex_of_reads",
            value=seen,
            status=QualityStatus.FAIL,
            unit="",
            note=f"the sheet says {sex}",
        )
    ], stop


def _contaminations(
    reads: SampledReads, genomes: dict[GenomeKind, AlleleCounts], settings: IdentitySettings, *, pair: bool
) -> list[Quality]:
    """Foreign DNA in the tumour (by the normal's genotypes, if they are a `pair`) and in the normal (by its own)."""
    normal = genomes.get(GenomeKind.NORMAL)
    if normal is None or reads.normal is None:
        return _contamination_without_normal(reads, settings)
    genotypes = call_genotypes(normal.ref, normal.alt)
    rows = []
    for name, counts, genome in (
        (TUMOR_CONTAMINATION, reads.tumor, genomes[GenomeKind.TUMOR]),
        (NORMAL_CONTAMINATION, reads.normal, normal),
    ):
        if name == TUMOR_CONTAMINATION and not pair:
            continue
        found = estimate_contamination(
            genotypes, genome.ref, genome.alt, error_rate=error_rate_of(reads.sites, counts)
        )
        if found is None:
            continue
        clean = found.low < settings.contamination
        rows.append(
            Quality(
                metric=name,
                value=found.fraction,
                status=QualityStatus.PASS if clean else QualityStatus.WARN,
                unit="0-1",
                note=f"DNA of another person, {found.low:.3f}-{found.high:.3f}, from {found.n_sites} SNPs; "
                f"warn if surely over {settings.contamination:g}",
            )
        )
    return rows


def _contamination_without_normal(reads: SampledReads, settings: IdentitySettings) -> list[Quality]:
    """Foreign DNA in a tumour without a normal, as a possibility: by the chromosomes that look most like one person's."""
    found = contamination_by_own_alleles(
        reads.sites, reads.tumor, error_rate=error_rate_of(reads.sites, reads.tumor)
    )
    if found is None:
        return []
    clean = found.low < settings.contamination
    note = (
        f"{found.n_sites} SNPs of the autosomes that look most like one person's, without a normal; "
        f"{found.low:.3f}-{found.high:.3f}; warn if surely over {settings.contamination:g}"
    )
    if not clean:
        note = f"DNA of another person is possible, or alleles lost throughout a nearly pure tumour: {note}"
    status = QualityStatus.PASS if clean else QualityStatus.WARN
    return [Quality(metric=TUMOR_CONTAMINATION, value=found.fraction, status=status, unit="0-1", note=note)]


def _read_groups(reads: SampledReads) -> list[Quality]:
    """Names in the read groups: more than one in a file, or one name in both."""
    rows = []
    for name, names in (("tumor", reads.tumor_names), ("normal", reads.normal_names)):
        if len(names) > 1:
            note = f"the read groups name several samples: {_listed(names)}"
            rows.append(
                Quality(
                    metric=f"{name}_read_groups",
                    value=len(names),
                    status=QualityStatus.WARN,
                    unit="samples",
                    note=note,
                )
            )
    shared = sorted(set(reads.tumor_names) & set(reads.normal_names))
    if shared and reads.normal is not None:
        note = f"the read groups of tumour and normal name the same sample: {_listed(shared)}"
        rows.append(
            Quality(
                metric="shared_read_groups",
                value=len(shared),
                status=QualityStatus.WARN,
                unit="samples",
                note=note,
            )
        )
    return rows


def _listed(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")
