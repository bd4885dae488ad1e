"""Sound inputs of one invented tumour, small and of every kind, which the corpus then damages."""

from __future__ import annotations

import contextlib
import gzip
import os
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from synthetic.caller_files import WRITERS, write_copy_number
from synthetic.events import Amplicon, CopyNumberSegment
from synthetic.genomes import Depths, Seeds, simulate_panel_reads
from synthetic.territory import Region
from synthetic.trial import hotspot_variant
from synthetic.truth import TumorTruth
from synthetic.variant_files import write_callable, write_maf, write_vcf

SAMPLE = "T1"
B38 = GenomeBuild.GRCH38
COPY_NUMBER, VARIANTS, TRIAL = "measure_copy_number", "call_variants", "trial"


@dataclass(frozen=True, slots=True)
class GoodInput:
    """A sound file, the step that reads it and its other options; `companions` are damaged with it never."""

    kind: str
    path: Path
    step: str
    option: str
    options: tuple[str, ...] = ()
    companions: tuple[Path, ...] = field(default=())
    remote: bool = False
    """Read at an address of a server of its folder."""


def truth(sample: str = SAMPLE) -> TumorTruth:
    """KRAS G12D and ERBB2 at 24 copies, purity 0.6, one arm gained."""
    panel = load_panel(B38)
    gene = panel.genes["ERBB2"]
    return TumorTruth(
        sample=sample,
        build=B38,
        purity=0.6,
        segments=(CopyNumberSegment("8", 45_000_000, 145_138_636, 3, 1),),
        amplicons=(Amplicon("17", gene.start - 400_000, gene.end + 300_000, 24),),
        variants=(hotspot_variant(panel, gene="KRAS", change="G12D"),),
    )


def make_good_inputs(folder: Path) -> list[GoodInput]:
    """Every kind of input, written into `folder`."""
    tumor = truth()
    build = ("--genome-build", "GRCh38")
    made = []
    for caller in sorted(WRITERS):
        place = folder / caller
        place.mkdir(parents=True)
        path = place / write_copy_number(caller, place, tumor)
        beside = tuple(other for other in place.iterdir() if other != path)
        options = ("--copy-number-caller", caller, "--purity", "0.6", *build)
        made.append(GoodInput(caller, path, COPY_NUMBER, "--copy-number", options, beside))
    vcf, maf, bed = folder / "calls.vcf", folder / "calls.maf", folder / "callable.bed"
    write_vcf(vcf, tumor, seed=1)
    write_maf(maf, tumor, seed=1)
    write_callable(bed, tumor)
    options = ("--small-variants-sample", SAMPLE, "--callable-regions", str(bed), *build)
    made.append(GoodInput("vcf", vcf, VARIANTS, "--small-variants", options))
    packed = folder / "calls.vcf.gz"
    pysam.tabix_compress(str(vcf), str(packed), force=True)
    made.append(GoodInput("vcf.gz", packed, VARIANTS, "--small-variants", options))
    bcf = folder / "calls.bcf"
    with (
        pysam.VariantFile(str(vcf)) as source,
        pysam.VariantFile(str(bcf), "wb", header=source.header) as out,
    ):
        for record in source:
            out.write(record)
    made.append(GoodInput("bcf", bcf, VARIANTS, "--small-variants", options))
    of_maf = ("--callable-regions", str(bed), *build)
    made.append(GoodInput("maf", maf, VARIANTS, "--small-variants", of_maf))
    with gzip.open(folder / "calls.maf.gz", "wb") as out:
        out.write(maf.read_bytes())
    made.append(GoodInput("maf.gz", folder / "calls.maf.gz", VARIANTS, "--small-variants", of_maf))
    of_bed = ("--small-variants", str(vcf), "--small-variants-sample", SAMPLE, *build)
    made.append(GoodInput("bed", bed, VARIANTS, "--callable-regions", of_bed))
    made.append(structural(folder))
    made += reads(folder, tumor)
    made += sheets(folder / "trial")
    return made


def remote_reads(folder: Path, local: list[GoodInput]) -> list[GoodInput]:
    """The same reads in a folder to be served, under a name that an address spells otherwise."""
    folder.mkdir()
    of = {good.kind: good for good in local}
    made = []
    for kind, name in (("bam", "T1"), ("cram", "T1"), ("normal", "N1"), ("bam windows", "T1")):
        suffix = "cram" if kind == "cram" else "bam"
        good = of.get(kind, of["bam"])
        source = good.path.with_name(f"{name}.{suffix}")
        place = folder / f"{name} a+b%20#\u00e9.{suffix}"
        index = place.with_name(f"{place.name}.{'crai' if kind == 'cram' else 'bai'}")
        for origin, target in ((source, place), (source.with_name(f"{source.name}{index.suffix}"), index)):
            target.write_bytes(origin.read_bytes())
        option, options = good.option, (*good.options, "--record-failures")
        if kind == "normal":
            option, options = "--normal-reads", ("--tumor-reads", str(good.path), "--record-failures")
        made.append(GoodInput(f"remote {kind}", place, good.step, option, options, (index,), remote=True))
    return made


def structural(folder: Path) -> GoodInput:
    """Breakends at both ends of the amplicon."""
    path = folder / "breaks.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n##reference=GRCh38\n##contig=<ID=chr17,length=83257441>\n"
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">\n'
        '##INFO=<ID=MATEID,Number=1,Type=String,Description="Mate">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "chr17\t39287915\ta\tN\t]chr17:40030426]N\t.\tPASS\tSVTYPE=BND;MATEID=b\n"
        "chr17\t40030426\tb\tN\tN[chr17:39287915[\t.\tPASS\tSVTYPE=BND;MATEID=a\n"
    )
    segments = folder / "allelic_segments"
    beside = next(segments.iterdir())
    options = ("--copy-number", str(beside), "--copy-number-caller", "allelic_segments", "--purity", "0.6",
               "--genome-build", "GRCh38")  # fmt: skip
    return GoodInput("sv", path, COPY_NUMBER, "--structural-variants", options)


def reads(folder: Path, tumor: TumorTruth) -> list[GoodInput]:
    """A BAM and a CRAM over the decisive codons, with the matched normal beside."""
    place = folder / "reads"
    place.mkdir()
    spots = {
        (codon.chromosome, position)
        for codon in load_panel(B38).decisive_codons
        for position in codon.positions
    }
    regions = sorted({Region(chromosome, at // 2000 * 2000, at // 2000 * 2000 + 2000) for chromosome, at in spots},
                     key=lambda region: (region.chromosome, region.start))  # fmt: skip
    bam, normal = place / "T1.bam", place / "N1.bam"
    simulate_panel_reads(
        tumor, tumor_path=bam, normal_path=normal, depths=Depths(60, 30), seeds=Seeds(1, 2), regions=regions
    )
    cram = place / "T1.cram"
    pysam.view("-C", "--output-fmt-option", "no_ref=1", "-o", str(cram), str(bam), catch_stdout=False)
    pysam.index(str(cram))
    pair = ("--normal-reads", str(normal))
    index = {bam: place / "T1.bam.bai", cram: place / "T1.cram.crai"}
    made = [
        GoodInput(path.suffix[1:], path, VARIANTS, "--tumor-reads", pair, (index[path],))
        for path in (bam, cram)
    ]
    made += [
        GoodInput(f"{path.suffix[1:]} index", index[path], VARIANTS, "--tumor-reads", pair, (path,))
        for path in (bam, cram)
    ]
    few = ("--windows", "1000", "--genome-build", "GRCh38")
    made.append(GoodInput("bam windows", bam, COPY_NUMBER, "--tumor-reads", few, (index[bam],)))
    for path in index.values():  # an index is never older than its file, whatever the clock's grain
        os.utime(path)
    return made


def sheets(folder: Path) -> list[GoodInput]:
    """A trial's configuration and sheets, with a file to name."""
    folder.mkdir()
    (folder / "x.vcf").write_text("##fileformat=VCFv4.2\n")
    (folder / "config.yaml").write_text(
        "samples: samples.tsv\npatients: patients.tsv\nassessments: assessments.tsv\n"
        "adverse_events: adverse_events.tsv\ncohort: cohort.yaml\ngenome_build: GRCh38\n"
        "calling:\n  min_alt_reads: 4\n  wild_type_power: 0.95\ncopy_number:\n  amplification_ratio: 3\n"
    )
    (folder / "samples.tsv").write_text(
        "patient\tsample\tsmall_variants\tpurity\tploidy\tgenome_build\tsex\tcollected_on\n"
        "P1\tT1\tx.vcf\t0.6\t2.1\tGRCh38\tXX\t2021-03-04\n"
        "P2\tT2\ty.vcf\t0.4\t3.2\tGRCh38\tXY\t2021-04-05\n"
    )
    (folder / "y.vcf").write_text("##fileformat=VCFv4.2\n##source=another\n")
    (folder / "patients.tsv").write_text(
        "patient\tsex\tage\ttreatment_start\tbest_response\tclinical_benefit\tpfs_days\tpfs_event\tos_days\tos_event\n"
        "P1\tXX\t61\t2021-03-20\tPR\tyes\t210\t1\t500\t0\nP2\tXY\t55\t2021-04-20\tPD\tno\t50\t1\t120\t1\n"
    )
    (folder / "assessments.tsv").write_text(
        "patient\tday\ttarget_sum_mm\tnon_target\tnew_lesion\nP1\t0\t80\tNON_CR_NON_PD\tno\n"
        "P1\t56\t50\tNON_CR_NON_PD\tno\nP2\t0\t60\tNON_CR_NON_PD\tno\nP2\t50\t90\tPD\tyes\n"
    )
    (folder / "adverse_events.tsv").write_text(
        "patient\tterm\tgrade\trelated\tserious\tday\nP1\tDiarrhoea\t2\tyes\tno\t14\n"
    )
    shipped = Path(__file__).resolve().parents[2] / "resources" / "cohorts" / "her2_amplified_colorectal.yaml"
    (folder / "cohort.yaml").write_bytes(shipped.read_bytes())
    names = (
        "samples.tsv",
        "patients.tsv",
        "assessments.tsv",
        "adverse_events.tsv",
        "config.yaml",
        "cohort.yaml",
    )
    return [GoodInput(name, folder / name, TRIAL, "") for name in names]


@contextlib.contextmanager
def in_folder(folder: Path):  # type: ignore[no-untyped-def]
    """The block with `folder` as the working folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
