"""MAF -> observations over the panel."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.genome.intervals import Regions, panel_regions
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import Panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.codons.codon_neighbours import Phased, with_neighbours
from refractor.variants.files.build_fit import Place, build_problem
from refractor.variants.files.germline_signs import GERMLINE_FILTERS
from refractor.variants.files.maf_table import MafFile, MafRow
from refractor.variants.files.reader_settings import ReaderSettings
from refractor.variants.files.upstream_annotation import stated_as, transcripts_of
from refractor.variants.files.vcf_checks import MAX_PROBLEMS
from refractor.variants.files.whole_file import fault
from refractor.variants.observation import Observation, SmallVariants, StatedEffect

log = logging.getLogger(__name__)

MAF_ORIGIN = "maf"


def read_maf(
    maf: MafFile,
    *,
    sample: str,
    named_sample: str | None,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> SmallVariants:
    """The observations of `sample` in a MAF; see small_variants.read_small_variants."""
    path, stated = maf.path, maf.stated_build
    if stated is not None and stated is not panel.build:
        raise fault(
            path,
            f"is on {stated} by NCBI_Build, where {panel.build} is needed",
            allowed="correct genome_build in samples.tsv, or give the calls on that build",
        )
    own, notes = _rows_of_sample(path, maf.rows, sample=sample, named_sample=named_sample)
    walk = _Walk(path, panel, reference, settings, panel_regions(panel, padding_bp=settings.padding_bp))
    for row in own:
        walk.take(row)
    observations = walk.observations()
    out = "; ".join(f"{count} {why}" for why, count in walk.left_out.most_common())
    kept = f"kept {len(observations)} alleles of {len(own)} rows" + (f": {out}" if out else "")
    log.info("%s: %s", path, kept)
    return SmallVariants(tuple(observations), MAF_ORIGIN, "", (*notes, kept))


@dataclass(slots=True)
class _Walk:
    """Collects, row by row, what a MAF says of one tumour over the panel."""

    path: Path
    panel: Panel
    reference: Reference
    settings: ReaderSettings
    regions: Regions
    found: dict[Variant, Phased] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)
    misfits: list[Problem] = field(default_factory=list)

    def take(self, row: MafRow) -> None:
        """Add one row."""
        place = row.place
        if place is None:
            self.left_out["no variant allele"] += 1
            return
        self.places.append(place)
        chromosome, position, ref, _ = place
        if not self.regions.overlaps(chromosome, position, position + max(1, len(ref))):
            self.left_out["outside the panel"] += 1
            return
        known = self.reference.fetch(chromosome, position, position + len(ref))
        if any(true not in {base, "N"} for base, true in zip(ref, known, strict=True)):
            what = f"{chromosome}:{position + 1} has {ref[:20]} where {self.panel.build} has {known[:20]}"
            self.misfits.append(Problem(self.path, what, line=row.line, column="Reference_Allele"))
            return
        anchored = _anchored(place, self.reference)
        if anchored is None:
            self.left_out["indel without a known base beside it"] += 1
            return
        variant = normalise(*anchored, reference=self.reference)
        if variant in self.found:
            self.left_out["the same allele a second time"] += 1
            return
        observation = _observation(row, variant, panel=self.panel, settings=self.settings)
        self.found[variant] = Phased(observation, frozenset())

    def observations(self) -> list[Observation]:
        """What was found, in genome order; raises where reference alleles do not fit."""
        problem = build_problem(self.path, self.places, n_misfits=len(self.misfits), reference=self.reference)
        if problem is not None:
            raise VariantFileError([*self.misfits[:MAX_PROBLEMS], problem])
        ordered = sorted(self.found, key=lambda variant: variant.genome_order)
        return with_neighbours(
            [self.found[variant] for variant in ordered], panel=self.panel, reference=self.reference
        )


def _rows_of_sample(
    path: Path, rows: Sequence[MafRow], *, sample: str, named_sample: str | None
) -> tuple[Sequence[MafRow], list[str]]:
    """The tumour's rows by Tumor_Sample_Barcode, and how they were told."""
    names = sorted({name for row in rows if (name := row.get("Tumor_Sample_Barcode"))})
    wanted = named_sample or sample
    if not names and not named_sample:
        return rows, ["no Tumor_Sample_Barcode: all rows taken as this tumour's"] if rows else []
    if wanted in names:
        return [row for row in rows if row.get("Tumor_Sample_Barcode") == wanted], []
    if len(names) == 1 and not named_sample:
        return rows, [f"Tumor_Sample_Barcode {names[0]} taken as the tumour: the only one"]
    if not rows:
        return rows, ["the MAF has no rows"]
    raise fault(
        path,
        f"has no Tumor_Sample_Barcode {wanted!r}",
        allowed="write the tumour's name into small_variants_sample of samples.tsv; names here: "
        + ", ".join(names[:MAX_PROBLEMS]),
    )


def _anchored(place: Place, reference: Reference) -> Place | None:
    """The allele with the base before an indel, as a VCF has it; None where that base is not known."""
    chromosome, position, ref, alt = place
    if ref and alt:
        return place
    if (before := reference.fetch(chromosome, position - 1, position)) != "N":
        return chromosome, position - 1, before + ref, before + alt
    return None


def _observation(row: MafRow, variant: Variant, *, panel: Panel, settings: ReaderSettings) -> Observation:
    ref, alt = row.count("t_ref_count"), row.count("t_alt_count")
    counted = ref + alt if ref is not None and alt is not None else None
    depth = max((reads for reads in (counted, row.count("t_depth"), alt) if reads is not None), default=None)
    total = counted or depth
    normal_depth, normal_alt = _normal_counts(row)
    filters = tuple(
        name for name in re.split(r"[;,]", row.get("FILTER") or "") if name not in {"", "PASS", "."}
    )
    is_hotspot = panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt) is not None
    status = (row.get("Mutation_Status") or "").lower()
    said = status in {"germline", "loh"} or any(name.lower() in GERMLINE_FILTERS for name in filters)
    seen = (normal_alt or 0) >= settings.germline_normal_reads and (
        (normal_alt or 0) >= settings.germline_normal_vaf * (normal_depth or 1)
    )
    return Observation(
        variant=variant,
        depth=depth,
        ref_reads=ref,
        alt_reads=alt,
        vaf=alt / total if alt is not None and total else None,
        normal_depth=normal_depth,
        normal_alt_reads=normal_alt,
        filters=filters,
        origin=MAF_ORIGIN,
        germline_likely=seen or (said and not is_hotspot),
        notes=_protein_note(row),
        stated=_stated(row, panel),
    )


def _normal_counts(row: MafRow) -> tuple[int | None, int | None]:
    """Depth and variant reads of the normal."""
    depth, ref, alt = row.count("n_depth"), row.count("n_ref_count"), row.count("n_alt_count")
    if depth is None and ref is not None and alt is not None:
        depth = ref + alt
    return depth, alt


def _stated(row: MafRow, panel: Panel) -> StatedEffect | None:
    """What the MAF calls the change, where it names the MANE Select transcript."""
    gene = transcripts_of(panel).get((row.get("Transcript_ID") or "").partition(".")[0])
    if gene is None:
        return None
    return stated_as(
        gene,
        hgvs_c=row.get("HGVSc") or "",
        hgvs_p=row.get("HGVSp_Short") or "",
        terms=row.get("Consequence") or "",
        annotator="the MAF",
    )


def _protein_note(row: MafRow) -> tuple[str, ...]:
    """What the MAF itself calls the change, to be read beside the change found here."""
    stated = (row.get("HGVSp_Short") or "").removeprefix("p.")
    gene = row.get("Hugo_Symbol") or ""
    return (f"the MAF calls it {gene} {stated}".replace("  ", " "),) if stated else ()
