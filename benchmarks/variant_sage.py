"""SAGE (hmftools) on the pairs that benchmarks/damaged_variants.py kept, with the tiers of our panel and hotspots.

    python benchmarks/damaged_variants.py --keep /tmp/pairs --output-dir /tmp/rows
    python benchmarks/variant_sage.py --jar sage-4.2-jar-with-dependencies.jar --pairs /tmp/pairs --output-dir /tmp/sage

The jar is built from SAGE's sources by Maven (`mvn -DskipTests package` of hmf-common and sage), java 17 and samtools are
on PATH. SAGE is given the panel's exons as its panel and high-confidence regions, the listed hotspots as its hotspots, mates'
CIGARs (samtools fixmate) and one gene of HLA in place of Ensembl's cache, which it uses for annotation only. Calls are
those with FILTER PASS. Writes variant_sage_pairs.tsv, in the columns of damaged_variants_pairs.tsv.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cyvcf2
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from damaged_variants import CONDITIONS, PLAN, outcome_rows  # noqa: E402
from variant_alignment import run  # noqa: E402
from variant_callers import Called, cpu_seconds  # noqa: E402
from variant_genomes import BUILD, spikes  # noqa: E402

from refractor.genome.builds import CONTIG_LENGTHS, bare_contig  # noqa: E402
from refractor.genome.normalise_allele import normalise  # noqa: E402
from refractor.genome.panel import load_panel  # noqa: E402
from refractor.genome.reference import Reference  # noqa: E402
from synthetic.bam import contig_name  # noqa: E402

GENE_COLUMNS = "GeneId,GeneName,Chromosome,Strand,GeneStart,GeneEnd,KaryotypeBand,Synonyms"
TRANSCRIPT_COLUMNS = (
    "GeneId,CanonicalTranscriptId,Strand,TransId,TransName,BioType,TransStart,TransEnd,ExonRank,ExonStart,ExonEnd,"
    "ExonPhase,ExonEndPhase,CodingStart,CodingEnd,RefSeqId"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True, help="folder of damaged_variants.py --keep")
    parser.add_argument("--seeds", type=int, nargs="+", help="of the pairs there; all if left out")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.output_dir.mkdir(parents=True, exist_ok=True)
    seeds = options.seeds or sorted(int(p.name.split(".")[0]) for p in options.pairs.glob("*.tumor.bam"))
    write_resources(options.output_dir)
    fasta, rows = options.pairs / "reference.fa", []
    run(f"samtools dict {fasta} -o {fasta.with_suffix('.dict')}")
    for seed in seeds:
        kind = list(CONDITIONS)[seed % 1000 // 100]
        called = sage(options.jar, options.pairs, options.output_dir, seed)
        rows += outcome_rows(kind, seed, spikes(seed, plan=PLAN), {"SAGE": called}, fasta)
        print(
            f"{kind} {seed}: {rows[-1]['found']} found, {rows[-1]['false']} false, {called.seconds:.0f} s",
            flush=True,
        )
    pd.DataFrame(rows).to_csv(options.output_dir / "variant_sage_pairs.tsv", sep="\t", index=False)


def write_resources(folder: Path) -> None:
    """The hotspots as a VCF, and what SAGE reads of an Ensembl cache: one gene of chromosome 6 with one exon."""
    contigs = list(CONTIG_LENGTHS[BUILD])
    spots = {(contigs.index(s.chromosome), s.position, s.ref, s.alt) for s in load_panel(BUILD).hotspots}
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={contig_name(c, BUILD)},length={CONTIG_LENGTHS[BUILD][c]}>" for c in contigs]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for contig, position, ref, alt in sorted(spots):
        lines.append(f"{contig_name(contigs[contig], BUILD)}\t{position + 1}\t.\t{ref}\t{alt}\t.\tPASS\t.")
    (folder / "hotspots.vcf").write_text("\n".join(lines) + "\n")
    hla = load_panel(BUILD).genes["HLA-A"]
    start, end = hla.cds[0]
    gene = f"ENSG00000206503,HLA-A,chr6,1,{start + 1},{hla.cds[-1][1]},p22.1,"
    exon = f"ENSG00000206503,1,1,1,ENST00000376809,protein_coding,{start + 1},{end},1,{start + 1},{end},-1,1,{start + 1},{end},NA"
    (folder / "ensembl_gene_data.csv").write_text(f"{GENE_COLUMNS}\n{gene}\n")
    (folder / "ensembl_trans_exon_data.csv").write_text(f"{TRANSCRIPT_COLUMNS}\n{exon}\n")


def sage(jar: Path, pairs: Path, folder: Path, seed: int) -> Called:
    """What passes SAGE's filters, with its QUAL, and CPU seconds."""
    for which in (
        "tumor",
        "normal",
    ):  # it counts fragments by their ends, which it takes from the mate's CIGAR
        bam = folder / f"{seed}.{which}.bam"
        run(f"samtools sort -n -u {pairs / bam.name} | samtools fixmate -m -u - - | samtools sort -o {bam} -")
        run(f"samtools index {bam}")
    vcf, bed, fasta = folder / f"{seed}.vcf.gz", pairs / "panel.bed", pairs / "reference.fa"
    before = cpu_seconds()
    run(
        f"java -Xmx6G -jar {jar} -tumor bench{seed} -tumor_bam {folder / f'{seed}.tumor.bam'}"
        f" -reference bench{seed}n -reference_bam {folder / f'{seed}.normal.bam'} -ref_genome_version 38"
        f" -ref_genome {fasta} -hotspots {folder / 'hotspots.vcf'} -panel_bed {bed} -high_confidence_bed {bed}"
        f" -ensembl_data_dir {folder} -skip_msi_jitter -bqr_use_panel -threads 1 -output_vcf {vcf}"
    )
    spent, scores = cpu_seconds() - before, {}
    with Reference(fasta, BUILD) as reference:
        for record in cyvcf2.VCF(str(vcf)):
            if record.FILTER is None and record.ALT and set(record.ALT[0]) <= set("ACGT"):
                variant = normalise(
                    bare_contig(record.CHROM), record.start, record.REF, record.ALT[0], reference=reference
                )
                scores[variant] = float(record.QUAL or 0.0)
    return Called(scores, spent)


if __name__ == "__main__":
    main()
