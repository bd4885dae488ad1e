"""The shipped panel and reference against the public data they are built from."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from build_resources import main
from refractor.errors import InputError
from refractor.files.resources import RESOURCES
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild, bare_contig, build_of_contigs
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from resource_building.build import build_resources
from resource_building.known_sequence import read_fasta
from resource_building.padded_fasta import write_padded_fasta
from resource_building.sequence_sources import Sources

pytestmark = pytest.mark.real

GRCH37, GRCH38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
UCSC = {GRCH37: "hg19", GRCH38: "hg38"}


SILENT = {("CDKN2A", "P114P"), ("CDKN2A", "D84D"), ("CDKN2A", "R58R")}
"""Alleles that cancerhotspots counts for the other protein of the gene, p14ARF."""

RENAMED = {
    ("PIK3CA", "N107S", "GCAA"): "G106_N107delinsVS",
    ("PIK3CA", "Q546K", "GC"): "E545_Q546delinsDK",
    ("KIT", "V560D", "TTGT"): "V559_V560delinsAD",
    ("KRAS", "G60V", "CCTG"): "A59_G60delinsGV",
    ("TP53", "D259H", "CT"): "E258_D259delinsDH",
    ("TP53", "H168Y", "GCTG"): "Q167*",
}
"""Alleles of two codons that cancerhotspots names by one of them."""


@pytest.fixture(params=list(GenomeBuild))
def build(request: pytest.FixtureRequest) -> GenomeBuild:
    return request.param


def _sources(data: Path) -> Sources:
    return Sources(
        data=data,
        mane=data / "gene_models" / "MANE.GRCh38.v1.5.summary.txt.gz",
        gene_models={
            build: (data / "gene_models" / f"panel_refGene.{name}.genePredExt.tsv",)
            for build, name in UCSC.items()
        },
        full_fasta={},
    )


@pytest.fixture
def copied_resources(tmp_path: Path) -> Path:
    # made by build_rule_table.py and draft_panel.py, and one by hand that no build reads
    others = shutil.ignore_patterns(
        "rule_codons.tsv", "rule_junctions.tsv", "further_genes.tsv", "pole_hotspots.tsv"
    )
    shutil.copytree(RESOURCES / "panel", tmp_path / "panel", ignore=others)
    (tmp_path / "reference").mkdir()
    shutil.copy(RESOURCES / "reference" / "supplement.GRCh37.tsv", tmp_path / "reference")
    return tmp_path


def test_a_rebuild_makes_the_same(shared_data: Path, copied_resources: Path) -> None:
    report = build_resources(_sources(shared_data), copied_resources)
    assert "coding sequence complete: 21" in report
    assert report.count(", 0 disagree") == 2
    assert report.count("reference bases of 98 common SNPs agree") == 2
    made = sorted(path.relative_to(copied_resources) for path in copied_resources.rglob("*.tsv"))
    assert len(made) == 14
    for path in made:
        assert (copied_resources / path).read_bytes() == (RESOURCES / path).read_bytes(), path
    for build in GenomeBuild:
        for suffix in ("known.bed", "fa.gz.fai"):
            name = Path("reference") / f"panel.{build}.{suffix}"
            assert (copied_resources / name).read_bytes() == (RESOURCES / name).read_bytes()
        # zlib versions may compress differently: compare the sequence, not the files
        made_fasta = copied_resources / "reference" / f"panel.{build}.fa.gz"
        bed = (RESOURCES / "reference" / f"panel.{build}.known.bed").read_text().splitlines()
        with Reference(made_fasta, build) as new, Reference(None, build) as old:
            for chromosome, start, end, _ in (line.split("\t") for line in bed):
                assert new.fetch(chromosome, int(start), int(end)) == old.fetch(
                    chromosome, int(start), int(end)
                )


def test_a_contradiction_is_named_and_nothing_is_written(shared_data: Path, copied_resources: Path) -> None:
    listed = copied_resources / "panel" / "listed_changes.tsv"
    listed.write_text(listed.read_text().replace("KRAS\tG\t12\t", "KRAS\tA\t12\t", 1))
    codons = copied_resources / "panel" / "codons.tsv"
    codons.write_text("")
    with pytest.raises(InputError) as caught:
        build_resources(_sources(shared_data), copied_resources)
    said = str(caught.value)
    assert "KRAS codon 12: amino acid A or G" in said
    assert "GRCh37 KRAS A12: the sequence has G" in said
    assert "GRCh38 KRAS A12: the sequence has G" in said
    assert codons.read_text() == ""
    assert not list((copied_resources / "reference").glob("panel.*"))


def test_a_gene_without_a_model_says_where_to_get_one(shared_data: Path, copied_resources: Path) -> None:
    with (copied_resources / "panel" / "genes.tsv").open("a") as genes:
        genes.write("BRCA2\ttumor_suppressor\ta test\t\t\t\t\t\n")
    with pytest.raises(InputError, match="no model on GRCh37 of BRCA2; give UCSC's full refGene"):
        build_resources(_sources(shared_data), copied_resources)
    with (copied_resources / "panel" / "genes.tsv").open("a") as genes:
        genes.write("NOGENE1\toncogene\ta test\t\t\t\t\t\n")
    with pytest.raises(InputError, match="no MANE Select transcript of NOGENE1"):
        build_resources(_sources(shared_data), copied_resources)


def test_the_command_names_every_missing_file(
    tmp_path: Path, copied_resources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied_resources / "panel" / "listed_changes.tsv").unlink()
    assert main(["--data", str(tmp_path / "absent"), "--output", str(copied_resources)]) == 2
    said = capsys.readouterr().err
    assert "listed_changes.tsv: is no file" in said
    assert "MANE.GRCh38.v1.5.summary.txt.gz: is no file" in said
    assert said.count("is no file") == 18  # 17 of the data


def test_own_fasta_is_a_source_and_is_compared(
    shared_data: Path, copied_resources: Path, tmp_path: Path
) -> None:
    # a "full" FASTA with a wrong base inside ERBB2 and sequence where nothing was known, in CDK12
    with Reference(None, GRCH38) as shipped:
        piece = shipped.fetch("17", 39_724_700, 39_724_760)
    wrong = ("A" if piece[0] != "A" else "C") + piece[1:]
    own = tmp_path / "own.fa.gz"
    write_padded_fasta(
        own,
        {"chr17": CONTIG_LENGTHS[GRCH38]["17"]},
        {"chr17": [(39_500_000, "ACGT"), (39_724_700, wrong)]},
        aliases={},
    )
    arguments = ["--data", str(shared_data), "--output", str(copied_resources), "--fasta-grch38", str(own)]
    assert main(arguments) == 0
    with Reference(copied_resources / "reference" / "panel.GRCh38.fa.gz", GRCH38) as made:
        assert made.fetch("17", 39_500_000, 39_500_004) == "ACGT"
        assert made.fetch("17", 39_724_700, 39_724_701) == wrong[0]  # the first source of a base is kept


def test_lengths_are_those_of_the_chain(shared_data: Path) -> None:
    told: dict[GenomeBuild, dict[str, int]] = {GRCH37: {}, GRCH38: {}}
    with gzip.open(shared_data / "genome" / "GRCh37_to_GRCh38.chain.gz", "rt") as lines:
        for line in lines:
            if line.startswith("chain"):
                fields = line.split()
                told[GRCH37][bare_contig(fields[2])] = int(fields[3])
                told[GRCH38][bare_contig(fields[7])] = int(fields[8])
    for build, lengths in told.items():
        checked = {name: length for name, length in lengths.items() if name in CONTIG_LENGTHS[build]}
        assert len(checked) >= 24
        assert checked == {name: CONTIG_LENGTHS[build][name] for name in checked}
        assert build_of_contigs(lengths) is build


def test_shipped_sequence_is_that_of_its_sources(shared_data: Path, build: GenomeBuild) -> None:
    compared = 0
    with Reference(None, build) as reference:
        for name in ("ERBB2_200kb", "panel_patchwork"):
            for header, sequence in read_fasta(shared_data / "reference" / f"{name}_{UCSC[build]}.fa.gz"):
                chromosome, span = header.split()[0].split(":")
                start = int(span.split("-")[0]) - 1
                ours = reference.fetch(bare_contig(chromosome), start, start + len(sequence))
                known = [(a, b) for a, b in zip(sequence, ours, strict=True) if a != "N" and b != "N"]
                assert all(a == b for a, b in known)
                compared += len(known)
    assert (
        compared > 690_000
    )  # 200,000 + the patchwork's 511,215 less what lies outside 5 kb of a MANE transcript


def test_coding_exons_are_those_of_refgene(shared_data: Path, build: GenomeBuild) -> None:
    panel = load_panel(build)
    by_accession = {gene.transcript.split(".")[0]: gene for gene in panel.genes.values()}
    checked = 0
    path = shared_data / "gene_models" / f"panel_refGene.{UCSC[build]}.genePredExt.tsv"
    for line in path.read_text().splitlines():
        fields = line.split("\t")
        gene = by_accession.get(fields[1])
        if gene is None:
            continue
        starts, ends = ([int(value) for value in fields[at].split(",") if value] for at in (9, 10))
        low, high = int(fields[6]), int(fields[7])
        cds = tuple(
            (max(start, low), min(end, high))
            for start, end in zip(starts, ends, strict=True)
            if start < high and low < end
        )
        assert (gene.chromosome, gene.strand, gene.cds) == (bare_contig(fields[2]), fields[3], cds)
        checked += 1
    assert checked == 31  # 40 genes in the table: 8 not in the panel, AKT1 without its MANE transcript


def test_identifiers_and_ends_are_those_of_mane(shared_data: Path) -> None:
    panel = load_panel(GRCH38)
    checked = 0
    with gzip.open(shared_data / "gene_models" / "MANE.GRCh38.v1.5.summary.txt.gz", "rt") as lines:
        next(lines)
        for line in lines:
            geneid, _, hgnc, symbol, _, nuc, prot, enst, _, status, _, start, end, strand = line.rstrip(
                "\n"
            ).split("\t")
            gene = panel.genes.get(symbol)
            if gene is None or status != "MANE Select":
                continue
            assert geneid == f"GeneID:{gene.entrez_id}"
            assert (gene.hgnc_id, gene.transcript, gene.protein) == (hgnc, nuc, prot)
            assert gene.ensembl_transcript == enst
            assert (gene.start, gene.end, gene.strand) == (int(start) - 1, int(end), strand)
            checked += 1
    assert checked == 62


def test_every_substitution_of_cancerhotspots_is_found_under_its_name(
    shared_data: Path, build: GenomeBuild
) -> None:
    panel = load_panel(build)
    found = 0
    table = shared_data / "knowledge" / f"cancerhotspots_v2_{build}.tsv"
    for line in table.read_text().splitlines():
        chromosome, position, ref, alt, symbol, _, change, *_ = line.split("\t")
        if symbol not in panel.genes or "-" in (ref, alt) or len(ref) != len(alt):
            continue
        spot = panel.hotspot_at(chromosome, int(position) - 1, ref, alt)
        if (symbol, change) in SILENT:
            assert spot is None
            continue
        assert spot is not None, line
        assert (spot.gene, spot.protein_change) == (symbol, RENAMED.get((symbol, change, ref), change))
        assert "cancerhotspots" in spot.source
        found += 1
    assert found == 1401


def test_the_genes_that_are_not_shipped_are_in_no_source(shared_data: Path) -> None:
    panel = load_panel(GRCH38)
    with Reference(None, GRCH38) as reference:
        missing = [
            gene
            for gene in panel.genes.values()
            if not any(reference.fetch(gene.chromosome, *part).strip("N") for part in gene.cds)
        ]
    assert len(missing) == 27
    folder = shared_data / "reference"
    with gzip.open(folder / "refseq_transcripts_from_hgvs_cache.fa.gz", "rt") as lines:
        transcripts = {line[1:].split(".")[0].strip() for line in lines if line.startswith(">")}
    assert len(transcripts) > 50
    assert [gene.symbol for gene in missing if gene.transcript.split(".")[0] in transcripts] == []
    with gzip.open(folder / "hg38_tinygenome_17Mb.fa.gz", "rt") as lines:
        named = [line[1:].split()[0] for line in lines if line.startswith(">")]
    slices = [(bare_contig(name.split(":")[0]), *map(int, name.split(":")[1].split("-"))) for name in named]
    covered = [
        gene.symbol
        for gene in missing
        for chromosome, start, end in slices
        if gene.chromosome == chromosome and gene.start < end and start < gene.end
    ]
    assert (len(slices), covered) == (12, [])
