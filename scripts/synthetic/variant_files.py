"""Small variants of a simulated tumour as files: a somatic VCF, a MAF, and where they could have been called."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from refractor.files.atomic import write_text
from refractor.genome.builds import CONTIG_LENGTHS
from refractor.vocabulary import Side
from synthetic.bam import contig_name
from synthetic.events import SpikedVariant
from synthetic.genomes import panel_regions
from synthetic.position_hash import hashed_uniform
from synthetic.truth import TumorTruth

_FILES_DEPTH = (90, 45)
"""Tumour and normal depth written into the VCFs of patients without reads."""


def write_vcf(path: Path, truth: TumorTruth, *, seed: int) -> None:
    """A somatic VCF with a normal and a tumour column; counts drawn around the expected allele fractions."""
    rng = np.random.default_rng([seed, len(truth.sample), *truth.sample.encode()])
    contigs = CONTIG_LENGTHS[truth.build]
    names = [contig_name(chromosome, truth.build) for chromosome in contigs]
    header = ["##fileformat=VCFv4.2", "##source=refractor_simulate_genomes", f"##reference={truth.build}"]
    header.append("##synthetic=variants of an invented person")
    header += [
        f"##contig=<ID={name},length={length}>" for name, length in zip(names, contigs.values(), strict=True)
    ]
    header += [
        '##FILTER=<ID=PASS,Description="All filters passed">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Share of reads with the allele">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
        f"##normal_sample={truth.sample}-normal",
        f"##tumor_sample={truth.sample}",
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{truth.sample}-normal\t{truth.sample}",
    ]
    order = list(contigs)
    records = []
    for variant in sorted(truth.variants, key=lambda v: (order.index(v.chromosome), v.position)):
        vaf = truth.expected_vaf(variant)
        normal = _genotype(rng, 0.5 if variant.germline else 0.0, _FILES_DEPTH[1])
        fields = (
            contig_name(variant.chromosome, truth.build), variant.position + 1, ".", variant.ref, variant.alt,
            ".", "PASS", ".", "GT:AD:AF:DP", normal, _genotype(rng, vaf, _FILES_DEPTH[0]),
        )  # fmt: skip
        records.append("\t".join(map(str, fields)))
    write_text(path, "\n".join([*header, *records]) + "\n")


def _genotype(rng: np.random.Generator, vaf: float, depth: int) -> str:
    total = int(rng.poisson(depth))
    alt = int(rng.binomial(total, vaf))
    return f"{'0/1' if vaf else '0/0'}:{total - alt},{alt}:{alt / max(1, total):.3f}:{total}"


def write_maf(path: Path, truth: TumorTruth, *, seed: int) -> None:
    """A somatic MAF, without the inherited variants; counts drawn around the expected allele fractions."""
    rng = np.random.default_rng([seed, len(truth.sample), *truth.sample.encode()])
    lines = ["#version 2.4", "#synthetic: variants of an invented person", "\t".join(_MAF_COLUMNS)]
    order = list(CONTIG_LENGTHS[truth.build])
    for variant in sorted(truth.variants, key=lambda v: (order.index(v.chromosome), v.position)):
        if variant.germline:
            continue
        total = int(rng.poisson(_FILES_DEPTH[0]))
        alt = int(rng.binomial(total, truth.expected_vaf(variant)))
        normal = int(rng.poisson(_FILES_DEPTH[1]))
        start, end, ref, allele, kind = _maf_place(variant)
        cells = (
            variant.gene, truth.build.value, contig_name(variant.chromosome, truth.build), start, end, "+",
            _maf_class(variant), kind, ref, ref, allele, truth.sample, f"{truth.sample}-normal", total, total - alt,
            alt, normal, normal, 0,
        )  # fmt: skip
        lines.append("\t".join(map(str, cells)))
    write_text(path, "\n".join(lines) + "\n")


_MAF_COLUMNS = (
    "Hugo_Symbol", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Strand", "Variant_Classification",
    "Variant_Type", "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "Tumor_Sample_Barcode",
    "Matched_Norm_Sample_Barcode", "t_depth", "t_ref_count", "t_alt_count", "n_depth", "n_ref_count", "n_alt_count",
)  # fmt: skip


def _maf_class(variant: SpikedVariant) -> str:
    if variant.protein_change.endswith("*"):
        return "Nonsense_Mutation"
    longer = len(variant.alt) - len(variant.ref)
    return "Missense_Mutation" if longer == 0 else "In_Frame_Ins" if longer > 0 else "In_Frame_Del"


def _maf_place(variant: SpikedVariant) -> tuple[int, int, str, str, str]:
    """Start and end (1-based, inclusive), both alleles and the type as MAF has them: no shared base, - for none."""
    ref, alt, start = variant.ref, variant.alt, variant.position
    while ref and alt and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    if not ref:
        return start, start + 1, "-", alt, "INS"
    kind = "DEL" if not alt else {1: "SNP", 2: "DNP", 3: "TNP"}.get(len(ref), "ONP")
    return start + 1, start + len(ref), ref, alt or "-", kind


def write_structural_vcf(path: Path, truth: TumorTruth) -> None:
    """A somatic VCF of breakends, two mated records a junction (VCF 4.2, section 5.4)."""
    contigs = CONTIG_LENGTHS[truth.build]
    header = ["##fileformat=VCFv4.2", "##source=refractor_simulate_genomes", f"##reference={truth.build}"]
    header.append("##synthetic=structural variants of an invented person")
    header += [
        f"##contig=<ID={contig_name(name, truth.build)},length={end}>" for name, end in contigs.items()
    ]
    header += [
        '##FILTER=<ID=PASS,Description="All filters passed">',
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">',
        '##INFO=<ID=MATEID,Number=1,Type=String,Description="The other end of the junction">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    records = []
    for number, item in enumerate(truth.rearrangements, start=1):
        for name, mate, own, other in (
            ("o", "h", item.first, item.second),
            ("h", "o", item.second, item.first),
        ):
            bracket = "[" if other.side is Side.AFTER else "]"
            place = f"{bracket}{contig_name(other.chromosome, truth.build)}:{other.position + 1}{bracket}"
            alternate = f"N{place}" if own.side is Side.BEFORE else f"{place}N"
            cells = (
                contig_name(own.chromosome, truth.build), own.position + 1, f"junction{number}{name}", "N", alternate,
                ".", "PASS", f"SVTYPE=BND;MATEID=junction{number}{mate}",
            )  # fmt: skip
            records.append((list(contigs).index(own.chromosome), own.position, "\t".join(map(str, cells))))
    write_text(path, "\n".join([*header, *(line for *_, line in sorted(records))]) + "\n")


def write_callable(path: Path, truth: TumorTruth) -> None:
    """The coding exons of the panel genes as BED, each as far into its introns as this tumour's reads are deep enough: a
    margin of 20 to 60 bases, so that no two tumours have one file."""
    order = list(CONTIG_LENGTHS[truth.build])
    regions = sorted(panel_regions(truth.build), key=lambda r: (order.index(r.chromosome), r.start, r.end))
    own = zlib.crc32(truth.sample.encode())
    starts, ends = (np.array([getattr(r, end) for r in regions], dtype=np.int64) for end in ("start", "end"))
    before, after = (20 + (40 * hashed_uniform(0, at, salt=own)).astype(np.int64) for at in (starts, ends))
    cells = zip(regions, starts - before, ends + after, strict=True)
    rows = [f"{contig_name(r.chromosome, truth.build)}\t{start}\t{end}" for r, start, end in cells]
    write_text(path, "\n".join(rows) + "\n")
