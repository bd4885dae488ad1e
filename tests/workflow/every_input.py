"""A trial with a file of every kind that a step can read: every column and key that names one, and what lies beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pysam
import yaml
from good_inputs import truth
from small_trial import PROJECT

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from synthetic.caller_files import write_copy_number
from synthetic.genomes import Depths, Seeds, simulate_panel_reads
from synthetic.territory import Region
from synthetic.truth import TumorTruth
from synthetic.variant_files import write_callable, write_maf, write_vcf

B38 = GenomeBuild.GRCH38
NOT_GIVEN = {
    "reference": "gigabytes, told by its name",
    "sequenced_samples": "the list beside the MAF takes its place",
    "cohorts": "in place of cohort",
    "container": "runs the jobs",
}
"""Keys of the configuration that name files and are left out here, each with its reason."""
_SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"
_CIVIC = {
    "molecular_profile": "KRAS G12D", "disease": "Colorectal Cancer", "doid": "9256", "therapies": "Cetuximab",
    "evidence_type": "Predictive", "evidence_direction": "Supports", "evidence_level": "B",
    "significance": "Resistance", "citation_id": "1", "rating": "3", "evidence_status": "accepted",
    "evidence_id": "7", "last_review_date": "2026-01-02 10:00:00 UTC",
}  # fmt: skip


def write_every_input(folder: Path) -> None:
    """The trial: T1 of reads and a VCF, T2 of PURPLE and LINX, T3 and T4 of the tables of a study."""
    folder.mkdir()
    inputs = folder / "inputs"
    inputs.mkdir()
    _reads_and_vcf(inputs, truth("T1"))
    _purple_and_linx(inputs, truth("T2"))
    _tables_of_many(inputs / "study", [truth("T3"), truth("T4")])
    _background(inputs / "earlier")
    _knowledge(inputs)
    rows = [
        {"patient": "P1", "sample": "T1", "tumor_reads": "T1.bam", "normal_reads": "N1.bam",
         "small_variants": "T1.vcf.gz", "callable_regions": "T1.bed"},
        {"patient": "P2", "sample": "T2", "copy_number": "T2.purple.cnv.somatic.tsv",
         "structural_variants": "T2.purple.sv.vcf"},
        *({"patient": f"P{n}", "sample": f"T{n}", "small_variants": "study/data_mutations.txt",
           "copy_number": "study/data_cna_hg38.seg"} for n in (3, 4)),
    ]  # fmt: skip
    columns = list(dict.fromkeys(column for row in rows for column in row))
    named = [
        {c: f"inputs/{v}" if c not in ("patient", "sample") else v for c, v in row.items()} for row in rows
    ]
    _write_table(folder / "samples.tsv", columns, named)
    _sheets(folder)
    config = {
        "samples": "samples.tsv", "patients": "patients.tsv", "assessments": "assessments.tsv",
        "adverse_events": "adverse_events.tsv", "cohort": "cohort.yaml", "genome_build": "GRCh38", "synthetic": True,
        "rules": ["inputs/rules.tsv"], "panel": "inputs/panel.tsv", "civic": "inputs/civic.tsv",
        "caller_filters": "inputs/filters.tsv", "background": "inputs/earlier", "copy_number": {"windows": 1000},
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "scripts")}
    subprocess.run([sys.executable, "-m", "refractor", "freeze", str(folder)], check=True, env=environment)
    config["preregistration"] = "preregistration.json"
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def _reads_and_vcf(folder: Path, truth: TumorTruth) -> None:
    spots = {(codon.chromosome, at) for codon in load_panel(B38).decisive_codons for at in codon.positions}
    regions = {Region(chromosome, at // 2000 * 2000, at // 2000 * 2000 + 2000) for chromosome, at in spots}
    simulate_panel_reads(
        truth,
        tumor_path=folder / "T1.bam",
        normal_path=folder / "N1.bam",
        depths=Depths(30, 20),
        seeds=Seeds(1, 2),
        regions=sorted(regions, key=lambda region: (region.chromosome, region.start)),
    )
    plain = folder / "plain.vcf"
    write_vcf(plain, truth, seed=1)
    pysam.tabix_compress(str(plain), str(folder / "T1.vcf.gz"))
    pysam.tabix_index(str(folder / "T1.vcf.gz"), preset="vcf")
    plain.unlink()
    write_callable(folder / "T1.bed", truth)


def _purple_and_linx(folder: Path, truth: TumorTruth) -> None:
    write_copy_number("purple", folder, truth)
    (folder / "T2.purple.sv.vcf").write_text(
        "##fileformat=VCFv4.2\n##reference=GRCh38\n##contig=<ID=chr17,length=83257441>\n"
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">\n'
        '##INFO=<ID=MATEID,Number=1,Type=String,Description="Mate">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "chr17\t39287915\ta\tN\t]chr17:40030426]N\t.\tPASS\tSVTYPE=BND;MATEID=b\n"
        "chr17\t40030426\tb\tN\tN[chr17:39287915[\t.\tPASS\tSVTYPE=BND;MATEID=a\n"
    )
    (folder / "T2.linx.svs.tsv").write_text("vcfIdStart\tvcfIdEnd\tsvId\na\tb\t7\n")
    (folder / "T2.linx.breakend.tsv").write_text(
        "id\tsvId\tisStart\tgene\tcanonical\tdisruptive\tundisruptedCopyNumber\n0\t7\ttrue\tERBB2\ttrue\tfalse\t24\n"
    )


def _tables_of_many(folder: Path, truths: list[TumorTruth]) -> None:
    (folder / "case_lists").mkdir(parents=True)
    parts = []
    for number, tumor in enumerate(truths):
        write_maf(folder / "part.maf", replace(tumor, sample=tumor.sample), seed=number)
        parts.append((folder / "part.maf").read_text().splitlines())
    (folder / "part.maf").unlink()
    head = [line for line in parts[0] if line.startswith(("#", "Hugo_Symbol"))]
    rows = [line for part in parts for line in part if not line.startswith(("#", "Hugo_Symbol"))]
    (folder / "data_mutations.txt").write_text("\n".join([*head, *rows]) + "\n")
    names = "\t".join(truth.sample for truth in truths)
    (folder / "case_lists" / "cases_sequenced.txt").write_text(f"stable_id: x\ncase_list_ids: {names}\n")
    segments = "".join(
        f"{truth.sample}\t{chromosome}\t1\t60000000\t900\t{0.1 * number:.1f}\n"
        for number, truth in enumerate(truths)
        for chromosome in range(1, 19)
    )
    (folder / "data_cna_hg38.seg").write_text(_SEG + segments)


def _background(folder: Path) -> None:
    """A study whose meta file names its mutations by a name of their own."""
    (folder / "case_lists").mkdir(parents=True)
    names = [f"E{n}" for n in range(6)]
    texts = {
        "meta_study.txt": "cancer_study_identifier: earlier\nname: earlier\n",
        "meta_mutations.txt": "genetic_alteration_type: MUTATION_EXTENDED\ndatatype: MAF\ndata_filename: calls.maf\n",
        "data_clinical_sample.txt": "PATIENT_ID\tSAMPLE_ID\n" + "".join(f"P{n}\t{n}\n" for n in names),
        "calls.maf": "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tEnd_Position\tVariant_Classification\t"
        "Variant_Type\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tHGVSp_Short\n"
        "KRAS\tGRCh38\t12\t25245350\t25245350\tMissense_Mutation\tSNP\tC\tT\tE1\tp.G12D\n",
        "case_lists/cases_sequenced.txt": "stable_id: x\ncase_list_ids: " + "\t".join(names) + "\n",
        "data_gene_panel_matrix.txt": "SAMPLE_ID\tmutations\n" + "".join(f"{n}\tsmall\n" for n in names),
        "panels_gene_panel_small.txt": "stable_id: small\ngene_list: KRAS\tNRAS\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)


def _knowledge(folder: Path) -> None:
    shipped = PROJECT / "resources"
    genes = (shipped / "panel" / "further_genes.tsv").read_text().splitlines()
    (folder / "panel.tsv").write_text("\n".join(genes[:3]) + "\n")
    rules = (shipped / "evidence" / "rules" / "mapk.tsv").read_text().splitlines()
    (folder / "rules.tsv").write_text(rules[0] + "\n")
    filters = (shipped / "callers" / "filters.tsv").read_text().splitlines()
    (folder / "filters.tsv").write_text(filters[0] + "\n")
    (folder / "civic.tsv").write_text("\t".join(_CIVIC) + "\n" + "\t".join(_CIVIC.values()) + "\n")


def _sheets(folder: Path) -> None:
    outcomes = [
        {"patient": f"P{n}", "treatment_start": "2021-03-20", "best_response": "PR" if n % 2 else "PD",
         "clinical_benefit": "yes" if n % 2 else "no", "pfs_days": str(210 if n % 2 else 50), "pfs_event": "1"}
        for n in range(1, 6)
    ]  # fmt: skip
    _write_table(folder / "patients.tsv", list(outcomes[0]), outcomes)
    (folder / "assessments.tsv").write_text(
        "patient\tday\ttarget_sum_mm\tnew_lesion\nP1\t0\t80\tno\nP1\t56\t50\tno\n"
    )
    (folder / "adverse_events.tsv").write_text("patient\tterm\tgrade\nP1\tDiarrhoea\t2\n")
    cohort = PROJECT / "resources" / "cohorts" / "her2_amplified_colorectal.yaml"
    (folder / "cohort.yaml").write_bytes(cohort.read_bytes())


def _write_table(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    lines = ["\t".join(columns), *("\t".join(row.get(column, "") for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
