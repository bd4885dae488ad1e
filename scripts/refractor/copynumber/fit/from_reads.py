"""Copy numbers of a tumour from its open files: what is read of them, and a second look where the first leaves doubt."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from refractor.copynumber.fit.fit import ReadsFit, fit_counts
from refractor.copynumber.fit.fit_settings import DEFAULT_FIT, FitSettings
from refractor.copynumber.fit.second_look import Look, second_look_quality
from refractor.copynumber.fit.somatic_vaf import DEFAULT_SOMATIC_VAF
from refractor.copynumber.fit.window_quality import check_not_same_file, check_pair, index_quality
from refractor.errors import AlignmentError, Problem
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene, Panel
from refractor.identity.contamination import contamination_of_tumor
from refractor.reads.alignment import Alignment
from refractor.reads.index_scan import IndexScan, Peak, Slices, cram_slices, find_peaks, scan_index
from refractor.reads.slices_to_read import sites_of_slices
from refractor.reads.windows import SampledReads, read_windows
from refractor.reads.windows_between import with_windows_between
from refractor.reads.windows_to_read import (
    Sites,
    further_sites,
    genes_of_amplicons,
    joined,
    load_sites,
    with_peaks,
)
from refractor.results.quality import SAMPLED_SUBSTITUTIONS, SOMATIC_VAF, Quality, QualityStatus
from refractor.variants.sampled_substitutions import sampled_substitutions
from refractor.variants.somatic_alleles import SomaticAlleles

log = logging.getLogger(__name__)

MOST_FOREIGN_DNA = 0.003
"""Share of another person's DNA in the tumour above which its inherited alleles would be taken for somatic ones: at 60x some 16
of 20,000 would be seen in three reads."""


@dataclass(frozen=True, slots=True, eq=False)
class _Files:
    """The open files, the places at which they are read, and how the counts are fitted."""

    tumor: Alignment
    normal: Alignment | None
    build: GenomeBuild
    slices: Slices | None
    genes: tuple[Gene, ...]
    settings: FitSettings

    def first_sites(self, peaks: Sequence[Peak]) -> Sites:
        """The windows of the first look: of a CRAM few places, each as wide as its slice."""
        sites = with_peaks(load_sites(self.build, count=self.settings.windows), peaks)
        return sites if self.slices is None else sites_of_slices(sites, self.slices)

    def further(self, read: Sites) -> Sites:
        """All windows that can be read and were not: the shipped ones, of a CRAM each over its slice; none where all were.

        Of a BAM those of depth alone between them too: a CRAM would be decoded nearly whole for them.
        """
        if self.slices is None:
            return further_sites(with_windows_between(self.build), read)
        return further_sites(sites_of_slices(load_sites(self.build), self.slices, places=None), read)

    def read(self, sites: Sites) -> SampledReads:
        """The counts of both files at the sites."""
        of_file = partial(read_windows, sites=sites, keep=self.settings.reads, workers=self.settings.workers)
        log.info("reading %d windows of %s", len(sites), self.tumor.name)
        tumor = of_file(self.tumor)
        if self.normal is None:
            return SampledReads(sites, tumor, None)
        log.info("reading %d windows of %s", len(sites), self.normal.name)
        return SampledReads(sites, tumor, of_file(self.normal))


def fit_from_reads(
    tumor: Alignment,
    normal: Alignment | None,
    *,
    panel: Panel,
    build: GenomeBuild,
    settings: FitSettings = DEFAULT_FIT,
    purity: float | None = None,
    ploidy: float | None = None,
    sex: str | None = None,
    somatic: SomaticAlleles | None = None,
) -> ReadsFit:
    """The copy numbers of one tumour from its open BAM or CRAM and, where there is one, that of the matched normal.

    Where the answer is not sure, further windows are read (see `second_look`). `purity`, `ploidy` and `sex` (XX, XY) hold where
    given; `somatic` are substitutions whose VAFs are evidence too. Raises AlignmentError for files of another build or that
    break off on the way, IdentityError when the normal is the tumour, or the two seem exchanged.
    """
    check_not_same_file(tumor.source, None if normal is None else normal.source)
    scan = _scanned(tumor, build)
    if normal is not None:
        _scanned(normal, build)
    whole = scan.covered_share >= settings.sampling.whole_genome_fraction
    peaks = find_peaks(scan) if whole else []
    slices = cram_slices(tumor) if tumor.file.is_cram else None
    files = _Files(tumor, normal, build, slices, tuple(panel.genes.values()), settings)
    sampled = files.read(files.first_sites(peaks))
    if normal is not None and sampled.normal is not None:
        check_pair(tumor.source, normal.source, sampled.tumor, sampled.normal, settings.sampling)
    fitted = partial(
        fit_counts,
        build=build,
        settings=settings,
        purity=purity,
        ploidy=ploidy,
        sex=sex,
        genes=files.genes,
    )
    fit = fitted(sampled.sites, sampled.tumor, sampled.normal, somatic=somatic)
    looks = [Look.of(fit, sampled, files.genes, settings)]
    further = files.further(sampled.sites) if settings.second_look and whole and looks[0].doubts else None
    if further is not None and len(further):
        began = time.monotonic()
        sampled = _with_further(sampled, files.read(further))
        fit = fitted(sampled.sites, sampled.tumor, sampled.normal, somatic=somatic)
        seen, told = _substitutions(files, fit, sampled, somatic)
        if seen is not somatic:
            told = tuple(row for row in fit.profile.quality if row.metric == SOMATIC_VAF)
            fit = fitted(sampled.sites, sampled.tumor, sampled.normal, somatic=seen)
        fit = replace(fit, profile=replace(fit.profile, quality=(*fit.profile.quality, *told)))
        looks.append(Look.of(fit, sampled, files.genes, settings))
        log.info("the second look took %.1f s", time.monotonic() - began)
    looked_at = [panel.genes[gene] for gene in genes_of_amplicons(build)]
    rows = index_quality(scan, peaks, fit.profile.segments, looked_at, settings.sampling)
    profile = replace(fit.profile, quality=(*fit.profile.quality, *rows, *second_look_quality(*looks)))
    return replace(fit, profile=profile, sampled=sampled)


def _substitutions(
    files: _Files, fit: ReadsFit, sampled: SampledReads, somatic: SomaticAlleles | None
) -> tuple[SomaticAlleles | None, tuple[Quality, ...]]:
    """Substitutions that a second look weighs: a file's, if enough, else those seen in the windows where solutions are open.

    With a row for qc.tsv where there are none to be had.
    """
    enough = somatic is not None and len(somatic) >= DEFAULT_SOMATIC_VAF.least
    if enough or len(fit.solutions) < 2 or fit.solutions[0].probability >= files.settings.certainty:
        return somatic, ()
    if files.normal is None or sampled.normal is None:
        return somatic, _unused(
            "without the normal's reads somatic substitutions are not told from inherited ones"
        )
    foreign = contamination_of_tumor(sampled.sites, sampled.tumor, sampled.normal)
    if foreign is not None and foreign.fraction > MOST_FOREIGN_DNA:
        return somatic, _unused(
            f"{foreign.fraction:.1%} of the tumour's DNA is another person's, whose alleles look somatic"
        )
    found = sampled_substitutions(files.tumor, files.normal, sampled.sites)
    if found.alleles is None:
        return somatic, _unused(found.note)
    log.info("%d substitutions in %.1f Mb, %s", len(found.alleles), found.bases / 1e6, found.note)
    return found.alleles, ()


def _unused(why: str) -> tuple[Quality, ...]:
    note = f"not used: {why}"
    return (Quality(metric=SAMPLED_SUBSTITUTIONS, value=None, status=QualityStatus.PASS, note=note),)


def _with_further(read: SampledReads, further: SampledReads) -> SampledReads:
    """What was read with what was read later, in genome order."""
    sites, order = joined(read.sites, further.sites)
    normal = None
    if read.normal is not None and further.normal is not None:
        normal = read.normal.joined(further.normal, order)
    return SampledReads(sites, read.tumor.joined(further.tumor, order), normal)


def _scanned(alignment: Alignment, build: GenomeBuild) -> IndexScan:
    """What the index of a file says, once the file is known to be of `build`; an AlignmentError if it is not."""
    if alignment.build not in (None, build):
        raise AlignmentError(
            Problem(
                alignment.name,
                f"is on {alignment.build}, the tumour is taken to be on {build}",
                allowed="give tumour and normal reads on the build that the sheet states",
            )
        )
    return scan_index(alignment)
