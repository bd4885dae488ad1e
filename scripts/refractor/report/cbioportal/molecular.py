"""Mutations, discrete copy-number calls, segments, and which genes were tested in which tumour."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence

from refractor.genome.between_builds import moved
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene, Panel, load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.report.cbioportal.files import Cell
from refractor.report.cbioportal.tumors import Tumor
from refractor.report.patient_results import Row
from refractor.variants.consequences import Consequence
from refractor.variants.observation import Observation
from refractor.vocabulary import CopyNumberCall

MUTATION_COLUMNS = (
    "Hugo_Symbol", "Entrez_Gene_Id", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Strand",
    "Variant_Classification", "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2",
    "Tumor_Sample_Barcode", "Mutation_Status", "HGVSc", "HGVSp_Short", "Transcript_ID", "RefSeq", "Protein_position",
    "t_alt_count", "t_ref_count", "n_alt_count", "n_ref_count",
    "cbp_driver", "cbp_driver_annotation", "cbp_driver_tiers", "cbp_driver_tiers_annotation",
)  # fmt: skip
SEGMENT_COLUMNS = ("ID", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean")

CLASSIFICATIONS = {
    "missense_variant": "Missense_Mutation",
    "stop_gained": "Nonsense_Mutation",
    "stop_lost": "Nonstop_Mutation",
    "start_lost": "Translation_Start_Site",
    "splice_acceptor_variant": "Splice_Site",
    "splice_donor_variant": "Splice_Site",
    "splice_region_variant": "Splice_Region",
    "inframe_insertion": "In_Frame_Ins",
    "inframe_deletion": "In_Frame_Del",
    "synonymous_variant": "Silent",
    "stop_retained_variant": "Silent",
    "5_prime_UTR_variant": "5'UTR",
    "3_prime_UTR_variant": "3'UTR",
    "intron_variant": "Intron",
}
"""Sequence Ontology terms as the MAF format spells them; terms that depend on the length are worked out."""

DISCRETE = {
    CopyNumberCall.AMPLIFIED: 2,
    CopyNumberCall.PARTIALLY_AMPLIFIED: 1,
    CopyNumberCall.GAINED: 1,
    CopyNumberCall.NEUTRAL: 0,
    CopyNumberCall.LOST: -1,
    CopyNumberCall.DELETED: -2,
}
"""Calls as cBioPortal's levels. A gene amplified in part is a gain there: the level 2 would claim the whole gene."""

LEAST_COPIES = 0.05
"""Copies at which the logarithm of a segment is cut off."""
LONGEST_NOTE, LONGEST_TIER = 80, 20
"""Characters that cBioPortal stores of a driver annotation and of a tier."""


def mutation_rows(tumors: Sequence[Tumor], panel: Panel, build: GenomeBuild) -> list[dict[str, Cell]]:
    """The MAF's rows in the study's build.

    A mutation of a tumour of the other build is placed by the exons that both share; one that they do not place, or
    whose reference bases are others there, keeps gene and protein change without its place.
    """
    genes = {one: load_panel(one).genes for one in {build, *(tumor.build for tumor in tumors)}}
    rows = []
    with Reference(None, build) as reference:
        for tumor in tumors:
            for observation, consequence in tumor.mutations:
                place: Variant | None = observation.variant
                if tumor.build != build:
                    of, to = (genes[one][consequence.gene] for one in (tumor.build, build))
                    place = _confirmed(moved(observation.variant, of, to), reference)
                gene = panel.genes[consequence.gene]
                rows.append(
                    _mutation_row(tumor, observation, consequence, gene=gene, place=place, build=build)
                )
    return rows


def _confirmed(variant: Variant | None, reference: Reference) -> Variant | None:
    """The variant if the reference has its bases there."""
    if variant is None or not reference.knows(variant.chromosome, variant.position, variant.end):
        return None
    bases = reference.fetch(variant.chromosome, variant.position, variant.end)
    return variant if bases.upper() == variant.ref else None


def _mutation_row(
    tumor: Tumor,
    observation: Observation,
    consequence: Consequence,
    *,
    gene: Gene,
    place: Variant | None,
    build: GenomeBuild,
) -> dict[str, Cell]:
    variant = observation.variant
    start, end, ref, alt = maf_alleles(place or variant)
    known = not variant.is_named_only
    alleles = (ref, ref, alt) if known else (None, None, None)
    normal_ref = None
    if observation.normal_depth is not None and observation.normal_alt_reads is not None:
        normal_ref = observation.normal_depth - observation.normal_alt_reads
    change = consequence.protein_change
    return {
        "Hugo_Symbol": gene.symbol,
        "Entrez_Gene_Id": gene.entrez_id,
        "NCBI_Build": str(build),
        "Chromosome": variant.chromosome if known else None,
        "Start_Position": start if place and known else None,
        "End_Position": end if place and known else None,
        "Strand": "+",
        "Variant_Classification": classification(variant, consequence),
        "Variant_Type": None if not known else _variant_type(ref, alt),
        "Reference_Allele": alleles[0],
        "Tumor_Seq_Allele1": alleles[1],
        "Tumor_Seq_Allele2": alleles[2],
        "Tumor_Sample_Barcode": tumor.sample,
        "Mutation_Status": "Somatic" if observation.normal_depth is not None else "Unknown",
        "HGVSc": consequence.hgvs_c or None,
        "HGVSp_Short": f"p.{change}" if change else None,
        "Transcript_ID": gene.ensembl_transcript,
        "RefSeq": consequence.transcript,
        "Protein_position": consequence.first_codon,
        "t_alt_count": observation.alt_reads,
        "t_ref_count": observation.ref_reads,
        "n_alt_count": observation.normal_alt_reads,
        "n_ref_count": normal_ref,
        **_driver_cells(tumor.alterations, consequence),
    }


def maf_alleles(variant: Variant) -> tuple[int, int, str, str]:
    """(start, end, ref, alt) as a MAF has them: 1-based closed, no anchor base, `-` for nothing; an insertion lies between."""
    ref, alt, start = variant.ref, variant.alt, variant.position + 1
    while ref and alt and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    if not ref:
        return start - 1, start, "-", alt
    return start, start + len(ref) - 1, ref, alt or "-"


def _variant_type(ref: str, alt: str) -> str:
    if ref == "-":
        return "INS"
    if alt == "-":
        return "DEL"
    if len(ref) == len(alt):
        return {1: "SNP", 2: "DNP", 3: "TNP"}.get(len(ref), "ONP")
    return "INS" if len(alt) > len(ref) else "DEL"


def classification(variant: Variant, consequence: Consequence) -> str:
    """The MAF's word for a consequence; `Unknown` where the change of the protein could not be told."""
    longer = 0 if variant.is_named_only else len(variant.alt) - len(variant.ref)
    term = consequence.consequence
    if term == "frameshift_variant":
        return "Frame_Shift_Ins" if longer > 0 else "Frame_Shift_Del"
    if term == "protein_altering_variant":
        return "Missense_Mutation" if longer == 0 else "In_Frame_Ins" if longer > 0 else "In_Frame_Del"
    return CLASSIFICATIONS.get(term, "Unknown")


def _driver_cells(alterations: Sequence[Row], consequence: Consequence) -> dict[str, Cell]:
    """What the knowledge base says: a candidate against the drug is marked as driver, with its rule and tier."""
    ruled = sorted(
        (row for row in alterations
         if row["gene"] == consequence.gene and row["alteration"] == consequence.protein_change and row["rule_id"]),
        key=lambda row: (row["candidate"] != "yes", str(row["tier"])),
    )  # fmt: skip
    if not ruled or not consequence.protein_change:
        return {"cbp_driver": "Unknown"}
    best = ruled[0]
    candidate = best["candidate"] == "yes"
    return {
        "cbp_driver": "Putative_Driver" if candidate else "Unknown",
        "cbp_driver_annotation": f"Refractor rule {best['rule_id']}"[:LONGEST_NOTE] if candidate else None,
        "cbp_driver_tiers": f"Resistance {best['tier']}"[:LONGEST_TIER] if candidate else None,
        "cbp_driver_tiers_annotation": str(best["mechanism"] or "")[:LONGEST_NOTE] if candidate else None,
    }


def discrete_rows(tumors: Sequence[Tumor], panel: Panel) -> list[dict[str, Cell]]:
    """One row a gene that any tumour's copies were judged of, one column a tumour; NA where they could not be."""
    levels = {
        tumor.sample: {row["gene"]: DISCRETE.get(CopyNumberCall(row["call"])) for row in tumor.copies}
        for tumor in tumors
    }
    rows: list[dict[str, Cell]] = []
    for gene in panel.genes.values():
        found = {sample: calls.get(gene.symbol) for sample, calls in levels.items()}
        if all(level is None for level in found.values()):
            continue
        cells: dict[str, Cell] = {s: "NA" if level is None else level for s, level in found.items()}
        rows.append({"Hugo_Symbol": gene.symbol, "Entrez_Gene_Id": gene.entrez_id, **cells})
    return rows


def segment_rows(tumors: Iterable[Tumor], build: GenomeBuild) -> list[dict[str, Cell]]:
    """Segments, 1-based closed, of the tumours of the study's build: log2 of copies over ploidy, else of depth."""
    lengths = CONTIG_LENGTHS[build]
    rows: list[dict[str, Cell]] = []
    for tumor in tumors:
        if tumor.build != build:
            continue
        for row in tumor.segments:
            level = _level(row, tumor.purity)
            if level is None or row["chromosome"] not in lengths or row["chromosome"] == "MT":
                continue
            end = min(row["end"], lengths[row["chromosome"]])
            rows.append(
                {
                    "ID": tumor.sample, "chrom": row["chromosome"], "loc.start": row["start"] + 1, "loc.end": end,
                    "num.mark": row["n_windows"] or 0, "seg.mean": round(level, 4),
                }
            )  # fmt: skip
    return rows


def _level(segment: Row, purity: Row | None) -> float | None:
    usable = purity is not None and purity["status"] == "ok" and bool(purity["ploidy"])
    if purity is not None and usable and segment["copy_number"] is not None:
        return math.log2(max(segment["copy_number"], LEAST_COPIES) / purity["ploidy"])
    level: float | None = segment["log2_ratio"]
    return level


def panel_id(kind: str, genes: frozenset[str]) -> str:
    """The name of a gene panel: the same genes have the same name in every study."""
    digest = hashlib.sha256("\n".join(sorted(genes)).encode()).hexdigest()[:10]
    return f"refractor_{kind}_{len(genes)}_{digest}"
