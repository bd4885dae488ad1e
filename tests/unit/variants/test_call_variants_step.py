"""The step call_variants on small inputs, good and bad."""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
from alignment_files import Read, bam_writer

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.reference import Reference, shipped_reference
from refractor.identity.snp_counts import VARIANTS_FILE, read_alleles
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.variants.panel_vcf import read_panel_vcf

KRAS12 = 25245348
"""0-based first base of KRAS codon 12 on GRCh38."""
READ_START = KRAS12 - 70
CONTIGS = {f"chr{name}": length for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items()}


@dataclass(frozen=True)
class Ended:
    code: int
    folder: Path
    err: str

    def codons(self) -> pd.DataFrame:
        return CODON_STATUS.read(self.folder / "codon_status.tsv").set_index(["gene", "codon"])

    def analyses(self) -> pd.DataFrame:
        return ANALYSES.read(self.folder / "variants_analyses.tsv").set_index("analysis")


Step = Callable[..., Ended]


@pytest.fixture
def step(project, tmp_path, monkeypatch, capsys) -> Step:
    def run(*arguments: str | Path) -> Ended:
        folder = tmp_path / "out"
        command = ["call_variants.py", "--sample", "S", "--output-dir", folder, *arguments]
        monkeypatch.setattr(sys, "argv", list(map(str, command)))
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(project / "scripts" / "call_variants.py"), run_name="__main__")
        return Ended(int(ended.value.code or 0), folder, capsys.readouterr().err)

    return run


def kras_reads(*, alt: int, depth: int, prefix: str = "t") -> list[Read]:
    """Reads of 150 bases over KRAS codon 12, `alt` of them with G12D (C>T at its second base)."""
    with Reference(None, GenomeBuild.GRCH38) as reference:
        bases = reference.fetch("12", READ_START, READ_START + 150)
    offset = KRAS12 + 1 - READ_START
    assert bases[offset] == "C"
    mutated = bases[:offset] + "T" + bases[offset + 1 :]
    return [
        Read("chr12", READ_START, mutated if n < alt else bases, f"{prefix}{n}", flag=0x10 * (n % 2))
        for n in range(depth)
    ]


@pytest.fixture
def tumor(tmp_path) -> Path:
    return bam_writer(tmp_path)(kras_reads(alt=20, depth=80), contigs=CONTIGS)


@pytest.fixture
def normal(tmp_path) -> Path:
    return bam_writer(tmp_path)(kras_reads(alt=0, depth=40), name="normal.bam", contigs=CONTIGS)


def purity_table(folder: Path, purity: float) -> Path:
    path = folder / "purity_ploidy.tsv"
    row = {"sample": "S", "purity": purity, "method": "given", "status": "ok"}
    PURITY_PLOIDY.write(PURITY_PLOIDY.from_rows([row]), path, synthetic=False)
    return path


def copies_table(folder: Path, *rows: tuple[str, float | None]) -> Path:
    path = folder / "gene_copy_number.tsv"
    table = GENE_COPY_NUMBER.from_rows(
        [
            {
                "gene": gene,
                "chromosome": "12",
                "start": 1,
                "end": 2,
                "copy_number": copies,
                "call": "neutral",
                "source": f"source{n}",
            }
            for n, (gene, copies) in enumerate(rows)
        ]
    )
    GENE_COPY_NUMBER.write(table, path, synthetic=False)
    return path


def test_tumour_against_normal(step, tumor, normal):
    ended = step("--tumor-reads", tumor, "--normal-reads", normal)
    assert ended.code == 0
    row = ended.codons().loc[("KRAS", 12)]
    assert (row["status"], row["protein_change"], row["alt_reads"], row["depth"]) == (
        "mutated",
        "G12D",
        20,
        80,
    )
    assert ended.codons().loc[("KRAS", 13), "status"] == "wild_type"  # 80 fragments at VAF 0.1
    assert ended.codons().loc[("NRAS", 12), "status"] == "not_assessable"
    variants = read_panel_vcf(ended.folder / "variants.vcf.gz")
    assert [(str(o.variant), c.protein_change) for o, c in variants if c] == [("12:25245350 C>T", "G12D")]
    assert (ended.folder / "variants.vcf.gz.tbi").is_file()
    assert ended.analyses().loc["tumor_reads", "state"] == "done"
    assert "a full FASTA would hold all" in ended.analyses().loc["tumor_reads", "reason"]
    genes = GENE_CALLABILITY.read(ended.folder / "gene_callability.tsv").set_index("gene")
    assert 100 < genes.loc["KRAS", "assessable_bases"] < genes.loc["KRAS", "coding_bases"]
    assert genes.loc["NRAS", "assessable_bases"] == 0
    pileups = json.loads((ended.folder / "pileups.json").read_text())["pileups"]
    assert [(p["gene"], p["name"], p["verdict"]) for p in pileups] == [
        ("KRAS", "G12D", "mutated"),
        ("KRAS", "G13", "wild_type"),
    ]


def test_inherited_variant_is_told_apart(step, tumor, tmp_path):
    normal = bam_writer(tmp_path)(kras_reads(alt=19, depth=40), name="normal.bam", contigs=CONTIGS)
    ended = step("--tumor-reads", tumor, "--normal-reads", normal)
    row = ended.codons().loc[("KRAS", 12)]
    assert row["status"] == "wild_type"
    assert "G12D is also in the normal (19 of 40 fragments of the normal): inherited" in row["reason"]


def test_purity_and_copies_move_the_power(step, tumor, tmp_path):
    ended = step(
        "--tumor-reads",
        tumor,
        "--purity-ploidy",
        purity_table(tmp_path, 0.3),
        "--gene-copy-number",
        copies_table(tmp_path, ("KRAS", 4.0), ("KRAS", 10.0), ("NRAS", None)),
    )
    # the source with more copies counts: 0.3 / (0.3 x 10 + 1.4) = 0.0682; three fragments are asked of a tumour alone
    row = ended.codons().loc[("KRAS", 13)]
    assert row["status"] == "not_assessable"
    assert "a clonal variant on 1 of 10 copies at purity 0.3 would have VAF 0.068" in row["reason"]


def vcf(path: Path, *records: str) -> Path:
    contigs = "".join(f"##contig=<ID={name},length={length}>\n" for name, length in CONTIGS.items())
    path.write_text(
        "##fileformat=VCFv4.2\n"
        + contigs
        + '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        + '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
        + '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">\n'
        + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
        + "".join(record + "\n" for record in records)
    )
    return path


G12D_RECORD = "chr12\t25245350\t.\tC\tT\t.\tPASS\t.\tGT:AD:DP\t0/1:60,20:80"
G13D_RECORD = "chr12\t25245347\t.\tC\tT\t.\tPASS\t.\tGT:AD:DP\t0/1:40,8:48"


def test_file_alone_is_silent_elsewhere(step, tmp_path):
    ended = step("--small-variants", vcf(tmp_path / "s.vcf", G12D_RECORD))
    assert ended.code == 0
    codons = ended.codons()
    assert codons.loc[("KRAS", 12), "status"] == "mutated"
    assert codons.loc[("KRAS", 13), "status"] == "not_assessable"
    assert "silent" in codons.loc[("KRAS", 13), "reason"]
    assert ended.analyses().loc["tumor_reads", "state"] == "skipped"


def test_callable_regions_make_silence_speak(step, tmp_path):
    bed = tmp_path / "callable.bed"
    bed.write_text("chr12\t25245300\t25245400\n")
    ended = step("--small-variants", vcf(tmp_path / "s.vcf", G12D_RECORD), "--callable-regions", bed)
    codons = ended.codons()
    assert codons.loc[("KRAS", 13), "status"] == "wild_type"
    assert codons.loc[("KRAS", 61), "status"] == "not_assessable"


@pytest.mark.parametrize(
    ("options", "status", "why"),
    [
        ((), "wild_type", "inside callable_regions"),  # tissue
        (("--material", "plasma"), "not_assessable", "the sheet gives no purity"),
        (("--material", "plasma", "--purity", "0.05"), "not_assessable", "neither the sheet's depth"),
        # VAF 2.5 % of 3000 fragments are 75; at a tumour fraction of 0.1 % they are 1.5
        (("--material", "plasma", "--purity", "0.05", "--depth", "3000"), "wild_type", "at purity 0.05"),
        (("--material", "plasma", "--purity", "0.001", "--depth", "3000"), "not_assessable", "with probability 0.0"),
    ],
)  # fmt: skip
def test_silence_of_plasma_speaks_where_a_clone_would_have_been_seen(step, tmp_path, options, status, why):
    bed = tmp_path / "covered.bed"
    bed.write_text("chr12\t25245300\t25245400\n")
    file = vcf(tmp_path / "s.vcf", G12D_RECORD)
    ended = step("--small-variants", file, "--callable-regions", bed, *options)
    codons = ended.codons()
    assert codons.loc[("KRAS", 12), "status"] == "mutated"
    row = codons.loc[("KRAS", 13)]
    assert row["status"] == status
    assert why in row["reason"]
    if status == "wild_type" and options:
        assert row["power"] > 0.99
        assert row["smallest_detectable_ccf"] < 0.3


def test_reads_and_file_that_disagree(step, tumor, tmp_path):
    file = vcf(tmp_path / "s.vcf", G13D_RECORD, G12D_RECORD)
    ended = step("--tumor-reads", tumor, "--small-variants", file)
    codons = ended.codons()
    assert codons.loc[("KRAS", 12), "status"] == "mutated"
    assert "DISAGREES" not in codons.loc[("KRAS", 12), "reason"]
    assert codons.loc[("KRAS", 13), "status"] == "not_assessable"
    assert "DISAGREES with the file of small variants: mutated G13D" in codons.loc[("KRAS", 13), "reason"]
    notes = {str(o.variant): " ".join(o.notes) for o, _ in read_panel_vcf(ended.folder / "variants.vcf.gz")}
    assert "0 of 80 fragments of the reads show it" in notes["12:25245347 C>T"]
    assert "at VAF 0.250" in notes["12:25245350 C>T"]


def test_a_reference_of_another_build_is_a_failed_analysis_and_the_shipped_one_serves(step, tmp_path):
    file = vcf(tmp_path / "s.vcf", G12D_RECORD)
    other = shipped_reference(GenomeBuild.GRCH37)
    assert step("--small-variants", file, "--reference", other).code == 2
    ended = step("--small-variants", file, "--reference", other, "--record-failures")
    assert ended.code == 0
    assert ended.analyses().loc["reference", "state"] == "failed"
    assert ended.codons().loc[("KRAS", 12), "status"] == "mutated"


def test_nothing_given_is_all_not_assessable(step):
    ended = step()
    assert ended.code == 0
    codons = ended.codons()
    assert len(codons) > 500
    assert set(codons["status"]) == {"not_assessable"}
    assert set(ended.analyses()["state"]) == {"skipped"}
    assert len(GENE_CALLABILITY.read(ended.folder / "gene_callability.tsv")) == 0
    assert json.loads((ended.folder / "pileups.json").read_text())["pileups"] == []


def break_index(path: Path) -> None:
    path.with_name(path.name + ".bai").unlink()


def age_index(path: Path) -> None:
    index = path.with_name(path.name + ".bai")
    os.utime(index, (0, 0))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-28])
    os.utime(path.with_name(path.name + ".bai"))


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


BREAKS = [
    (break_index, "no index"),
    (age_index, "is older than"),
    (truncate, "truncated"),
    (Path.unlink, "no such file"),
    (replace_by_directory, "is a directory"),
]


@pytest.mark.parametrize(("spoil", "said"), BREAKS)
def test_bad_reads_end_the_step_with_2(step, tumor, spoil, said):
    spoil(tumor)
    ended = step("--tumor-reads", tumor)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("spoil", "said"), BREAKS)
def test_recorded_failures_leave_tables_and_the_other_sources(step, tumor, tmp_path, spoil, said):
    spoil(tumor)
    file = vcf(tmp_path / "s.vcf", G12D_RECORD)
    ended = step("--tumor-reads", tumor, "--small-variants", file, "--record-failures")
    assert ended.code == 0
    analyses = ended.analyses()
    assert analyses.loc["tumor_reads", "state"] == "failed"
    assert said in analyses.loc["tumor_reads", "reason"]
    assert analyses.loc["small_variants", "state"] == "done"
    assert ended.codons().loc[("KRAS", 12), "status"] == "mutated"


def test_other_build_than_the_sheet_says(step, tumor):
    ended = step("--tumor-reads", tumor, "--genome-build", "GRCh37")
    assert ended.code == 2
    assert "is on GRCh38, but the sheet says GRCh37" in ended.err


def test_tumour_and_normal_on_different_builds(step, tumor, tmp_path):
    contigs = {"12": CONTIG_LENGTHS[GenomeBuild.GRCH37]["12"]}
    normal = bam_writer(tmp_path)([Read("12", 100, "ACGT", "n")], name="normal.bam", contigs=contigs)
    ended = step("--tumor-reads", tumor, "--normal-reads", normal)
    assert ended.code == 2
    assert "different genome builds" in ended.err
    recorded = step("--tumor-reads", tumor, "--normal-reads", normal, "--record-failures")
    assert recorded.code == 0
    assert set(recorded.codons()["status"]) == {"not_assessable"}
    assert recorded.analyses().loc["tumor_reads", "state"] == "failed"


def test_broken_normal_is_recorded_and_the_tumour_called_alone(step, tumor, normal):
    break_index(normal)
    ended = step("--tumor-reads", tumor, "--normal-reads", normal, "--record-failures")
    assert ended.analyses().loc["normal_reads", "state"] == "failed"
    assert "no normal reads" in ended.analyses().loc["tumor_reads", "reason"]
    assert ended.codons().loc[("KRAS", 12), "status"] == "mutated"


def test_synthetic_mark(step, tumor):
    ended = step("--tumor-reads", tumor, "--synthetic")
    header = (ended.folder / "codon_status.tsv").read_text().splitlines()[0]
    assert header.endswith("\tsynthetic")


def test_the_least_vaf_to_report_moves_the_power_and_the_calls(step, tmp_path):
    tumor = bam_writer(tmp_path)(kras_reads(alt=4, depth=80), contigs=CONTIGS)
    at_5_percent = step("--tumor-reads", tumor).codons()
    assert at_5_percent.loc[("KRAS", 12), ["status", "vaf"]].tolist() == ["mutated", 0.05]
    # 8 of 80 fragments needed: P(X >= 8 | 80, 0.1) = 0.56
    at_10_percent = step("--tumor-reads", tumor, "--report-vaf", "0.1", "--low-vaf", "0.1").codons()
    assert at_10_percent.loc[("KRAS", 12), "status"] == "not_assessable"
    assert at_10_percent.loc[("KRAS", 13), "power"] == pytest.approx(0.56, abs=0.02)


@pytest.mark.parametrize(("low_vaf", "flagged"), [("0.05", False), ("0.06", True)])
def test_a_low_vaf_is_flagged_below_the_limit_of_the_configuration(step, tmp_path, low_vaf, flagged):
    tumor = bam_writer(tmp_path)(kras_reads(alt=4, depth=80), contigs=CONTIGS)
    codons = step("--tumor-reads", tumor, "--low-vaf", low_vaf).codons()
    assert ("LOW VAF 0.050" in codons.loc[("KRAS", 12), "reason"]) is flagged


@pytest.mark.parametrize("spoilt", [{"quality": 5}, {"mapping_quality": 0}, {"flag": 0x400}])
def test_reads_none_of_which_counts_are_said_to_be_there(step, tmp_path, spoilt):
    reads = [replace(read, **spoilt) for read in kras_reads(alt=20, depth=80)]
    ended = step("--tumor-reads", bam_writer(tmp_path)(reads, contigs=CONTIGS))
    assert ended.codons().loc[("KRAS", 12), "status"] == "not_assessable"
    lying = 0 if "flag" in spoilt else 80
    reason = ended.analyses().loc["tumor_reads", "reason"]
    assert f"{lying} reads lie over the panel and none of them counts" in reason


MAF = (
    "Hugo_Symbol\tChromosome\tStart_Position\tEnd_Position\tReference_Allele\tTumor_Seq_Allele2\t"
    "Tumor_Sample_Barcode\tNCBI_Build\tt_depth\tt_alt_count\n"
)
KRAS_ROW = "KRAS\tchr12\t25245350\t25245350\tC\tT\t{}\tGRCh38\t80\t20\n"


@pytest.mark.parametrize(
    ("barcodes", "given", "written"),
    [
        (("T3",), (), {"small_variants": ("T3",)}),
        (("S", "T3"), (), {"small_variants": ("S",)}),
        (("T2", "T3"), ("--small-variants-sample", "T3"), {"small_variants": ("T3",)}),
        (("",), (), {}),
    ],
)
def test_the_tumour_that_a_maf_names_is_kept_to_be_held_against_the_sheet(
    step, tmp_path, barcodes, given, written
):
    (tmp_path / "calls.maf").write_text(MAF + "".join(map(KRAS_ROW.format, barcodes)))
    ended = step("--small-variants", tmp_path / "calls.maf", *given)
    assert ended.code == 0, ended.err
    assert ended.codons().loc[("KRAS", 12), "status"] == "mutated"
    assert read_alleles(ended.folder / VARIANTS_FILE).written_names == written
