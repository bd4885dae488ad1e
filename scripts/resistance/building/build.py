"""The build itself: gene models, known sequence of both builds, codons, alleles, and their verification."""

from __future__ import annotations

import csv
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from resistance.building.alleles import InFrameChange, in_frame_alleles, substitutions, translate
from resistance.building.gene_models import Identifiers, Model, read_mane, read_models
from resistance.building.known_sequence import KnownSequence, reverse_complement
from resistance.building.padded_fasta import write_padded_fasta
from resistance.building.sequence_sources import Sources, gather_sequence
from resistance.errors import InputError, Problem
from resistance.files import written_aside
from resistance.genome import CONTIG_LENGTHS, GenomeBuild
from resistance.panel import Gene

__all__ = ["Sources", "build_resources"]

log = logging.getLogger(__name__)

FLANK_BP = 5_000
"""Sequence shipped on either side of a gene."""

MODEL_STANDS_IN = {"AKT1": "NM_005163"}
"""Genes whose MANE accession UCSC's tables lack, and the transcript of the same coding sequence they have."""

RAS_CODONS = (12, 13, 59, 61, 117, 146)
"""ASCO 2015: exons 2 (12, 13), 3 (59, 61) and 4 (117, 146)."""

RAS_GENES = ("KRAS", "NRAS", "HRAS")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of one gene's coding sequence on one build."""

    known_bases: int
    status: str
    fault: str


def build_resources(sources: Sources, output: Path) -> str:
    """The report, after writing panel/ and reference/ under `output`."""
    panel = output / "panel"
    genes = read_rows(panel / "genes.tsv")
    listed = read_rows(panel / "listed_changes.tsv")
    identifiers = read_mane(sources.mane, [row["symbol"] for row in genes])
    _require(identifiers, genes, sources.mane)
    models = {build: _models(identifiers, sources.gene_models[build], build) for build in GenomeBuild}
    known = gather_sequence(sources, {build: _windows(items, build) for build, items in models.items()})
    report: list[str] = []
    faults: list[str] = []
    for row in genes:
        ids = identifiers[row["symbol"]]
        row |= {
            "entrez_id": str(ids.entrez_id),
            "hgnc_id": ids.hgnc_id,
            "transcript": ids.transcript,
            "ensembl_transcript": ids.ensembl_transcript,
            "protein": ids.protein,
        }
    write_rows(panel / "genes.tsv", genes)
    as_genes = {
        build: {name: _gene(ids, models[build][name]) for name, ids in identifiers.items()}
        for build in GenomeBuild
    }
    write_rows(panel / "codons.tsv", _codons(listed, as_genes, known, faults))
    for build in GenomeBuild:
        verified = {name: _verify(gene, known[build]) for name, gene in as_genes[build].items()}
        faults += [f"{build} {name}: {item.fault}" for name, item in verified.items() if item.fault]
        write_rows(
            panel / f"transcripts.{build}.tsv",
            [
                _transcript_row(row["symbol"], models[build][row["symbol"]], verified[row["symbol"]])
                for row in genes
            ],
        )
        alleles = _listed_alleles(listed, as_genes[build], known[build], report, faults)
        write_rows(panel / f"listed_alleles.{build}.tsv", alleles)
        hotspots = _cancerhotspots(sources, build, as_genes[build], known[build], faults)
        write_rows(panel / f"cancerhotspots.{build}.tsv", hotspots)
        _write_reference(output / "reference", build, known[build])
        report += _report_of(build, verified, known[build], alleles, hotspots)
    if faults:
        raise InputError([Problem(output, fault) for fault in faults])
    return "\n".join(report)


def read_rows(path: Path) -> list[Row]:
    """The rows of a tab-separated table with a header."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows that all have the keys of the first, in their order."""
    with written_aside(path) as scratch, scratch.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(
            out, list(rows[0]), delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
        )
        writer.writeheader()
        writer.writerows(rows)


def _require(identifiers: Mapping[str, Identifiers], genes: Sequence[Row], mane: Path) -> None:
    missing = [row["symbol"] for row in genes if row["symbol"] not in identifiers]
    if missing:
        raise InputError(Problem(mane, f"has no MANE Select transcript of {', '.join(missing)}"))


def _models(
    identifiers: Mapping[str, Identifiers], tables: Sequence[Path], build: GenomeBuild
) -> dict[str, Model]:
    accession_of = {
        name: MODEL_STANDS_IN.get(name, ids.transcript.split(".", maxsplit=1)[0])
        for name, ids in identifiers.items()
    }
    found = read_models(tables, accession_of.values())
    missing = [name for name, accession in accession_of.items() if accession not in found]
    if missing:
        raise InputError(
            Problem(
                tables[-1],
                f"has no model on {build} of {', '.join(missing)}",
                allowed="give UCSC's full refGene tables with --refgene",
            )
        )
    return {name: found[accession] for name, accession in accession_of.items()}


def _windows(models: Mapping[str, Model], build: GenomeBuild) -> list[tuple[str, int, int]]:
    """Each gene with its flanks, cut at the ends of its chromosome."""
    return [
        (
            model.chromosome,
            max(0, model.exons[0][0] - FLANK_BP),
            min(CONTIG_LENGTHS[build][model.chromosome], model.exons[-1][1] + FLANK_BP),
        )
        for model in models.values()
    ]


def _gene(ids: Identifiers, model: Model) -> Gene:
    return Gene(
        symbol=ids.symbol,
        entrez_id=ids.entrez_id,
        hgnc_id=ids.hgnc_id,
        transcript=ids.transcript,
        ensembl_transcript=ids.ensembl_transcript,
        protein=ids.protein,
        role="",
        chromosome=model.chromosome,
        start=model.exons[0][0],
        end=model.exons[-1][1],
        strand=model.strand,
        exons=model.exons,
        cds=model.cds,
    )


def coding_sequence(gene: Gene, known: KnownSequence) -> str:
    """The coding strand, N where unknown."""
    plus = "".join(known.fetch(gene.chromosome, start, end) for start, end in gene.cds)
    return plus if gene.strand == "+" else reverse_complement(plus)


def _verify(gene: Gene, known: KnownSequence) -> Verified:
    """Whether the known part of a coding sequence is one: ATG, no stop inside, one stop at the end."""
    coding = coding_sequence(gene, known)
    known_bases = len(coding) - coding.count("N")
    status = "complete" if known_bases == len(coding) else "partial" if known_bases else "unknown"
    protein = translate(coding)
    faults = []
    if len(coding) % 3:
        faults.append(f"coding length {len(coding)} is no multiple of 3")
    if protein[0] not in "MX":
        faults.append(f"starts with {protein[0]}")
    if "*" in protein[:-1]:
        faults.append(f"stop at codon {protein.index('*') + 1} of {len(protein)}")
    if protein[-1] not in "*X":
        faults.append(f"ends with {protein[-1]}, no stop")
    return Verified(known_bases, status, "; ".join(faults))


def _transcript_row(symbol: str, model: Model, verified: Verified) -> Row:
    return {
        "symbol": symbol,
        "model": model.accession,
        "chromosome": model.chromosome,
        "strand": model.strand,
        "cds_start": str(model.cds_start),
        "cds_end": str(model.cds_end),
        "exon_starts": ",".join(str(start) for start, _ in model.exons),
        "exon_ends": ",".join(str(end) for _, end in model.exons),
        "cds_length": str(model.cds_length),
        "cds_known_bases": str(verified.known_bases),
        "cds_sequence": verified.status,
    }


def _codons(
    listed: Sequence[Row],
    genes: Mapping[GenomeBuild, Mapping[str, Gene]],
    known: Mapping[GenomeBuild, KnownSequence],
    faults: list[str],
) -> list[Row]:
    """One row a decisive codon, its amino acid checked against the sequence of both builds."""
    wanted: dict[tuple[str, int], dict[str, set[str]]] = {
        (gene, codon): {"amino_acids": set(), "classes": set()} for gene in RAS_GENES for codon in RAS_CODONS
    }
    for row in listed:
        key = (row["gene"], int(row["codon"] or 0))
        if row["braf_class"]:
            wanted.setdefault(key, {"amino_acids": set(), "classes": set()})["classes"].add(row["braf_class"])
        if key in wanted:
            wanted[key]["amino_acids"].add(row["amino_acid"])
    rows = []
    for (name, codon), found in wanted.items():
        amino_acids = set(found["amino_acids"])
        positions = {build: genes[build][name].codon_positions(codon) for build in GenomeBuild}
        for build in GenomeBuild:
            seen = translate(codon_bases(genes[build][name], codon, known[build]))
            amino_acids |= {seen} - {"X"}
        if len(amino_acids) != 1:
            faults.append(f"{name} codon {codon}: amino acid {' or '.join(sorted(amino_acids)) or 'unknown'}")
        rows.append(
            {
                "gene": name,
                "codon": str(codon),
                "amino_acid": "/".join(sorted(amino_acids)),
                "criterion": "RAS" if name in RAS_GENES else "BRAF",
                "braf_classes": ",".join(sorted(found["classes"])),
                "chromosome": genes[GenomeBuild.GRCH38][name].chromosome,
                **{f"positions_{build}": ",".join(map(str, at)) for build, at in positions.items()},
            }
        )
    return sorted(rows, key=lambda row: ([*RAS_GENES, "BRAF"].index(row["gene"]), int(row["codon"])))


def codon_bases(gene: Gene, codon: int, known: KnownSequence) -> str:
    """The three coding-strand bases of a codon, N where unknown."""
    plus = "".join(known.fetch(gene.chromosome, at, at + 1) for at in gene.codon_positions(codon))
    return plus if gene.strand == "+" else "".join(reverse_complement(base) for base in plus)


def _listed_alleles(
    listed: Sequence[Row],
    genes: Mapping[str, Gene],
    known: KnownSequence,
    report: list[str],
    faults: list[str],
) -> list[Row]:
    rows: list[Row] = []
    unknown: list[str] = []
    for row in listed:
        gene = genes[row["gene"]]
        if row["in_frame"]:
            change = InFrameChange.parse(row["in_frame"])
            span = _span(gene, change.first, change.last)
            if span is None or "N" in known.fetch(*span):
                unknown.append(f"{gene.symbol} {change.name}")
                continue
            ends = tuple(translate(codon_bases(gene, codon, known)) for codon in (change.first, change.last))
            if ends != change.amino_acids:
                faults.append(
                    f"{known.build} {gene.symbol} {change.name}: the sequence has {' and '.join(ends)}"
                )
                continue
            alleles = list(in_frame_alleles(change, span, known.fetch, strand=gene.strand))
        else:
            codon = int(row["codon"])
            name = row["amino_acid"] + row["codon"]
            bases = codon_bases(gene, codon, known)
            if "N" in bases:
                unknown.append(f"{gene.symbol} {name}")
                continue
            if translate(bases) != row["amino_acid"]:
                faults.append(f"{known.build} {gene.symbol} {name}: the sequence has {translate(bases)}")
                continue
            to = None if row["changed_to"] == "any" else frozenset(row["changed_to"].split(","))
            alleles = list(substitutions(gene.codon_positions(codon), bases, name, to))
        rows += [
            {
                "chromosome": gene.chromosome,
                "position": str(allele.position),
                "ref": allele.ref,
                "alt": allele.alt,
                "gene": gene.symbol,
                "protein_change": allele.protein_change,
                "source": row["rule"].split()[0],
            }
            for allele in alleles
        ]
    if unknown:
        report.append(f"{known.build}: not enumerated, sequence unknown: {', '.join(unknown)}")
    return rows


def _span(gene: Gene, first: int, last: int) -> tuple[str, int, int] | None:
    """The codons' interval; None where an intron lies between."""
    at = [position for codon in range(first, last + 1) for position in gene.codon_positions(codon)]
    if max(at) - min(at) != len(at) - 1:
        return None
    return gene.chromosome, min(at), max(at) + 1


def _cancerhotspots(
    sources: Sources, build: GenomeBuild, genes: Mapping[str, Gene], known: KnownSequence, faults: list[str]
) -> list[Row]:
    """The panel genes' rows of cancerhotspots, their reference bases checked where the sequence is known."""
    rows = []
    for line in (
        (sources.data / "knowledge" / f"cancerhotspots_v2_{build}.tsv").read_text("utf-8").splitlines()
    ):
        chromosome, position, ref, alt, symbol, kind, change, *_ = line.split("\t")
        if symbol not in genes or "-" in (ref, alt):
            continue
        start = int(position) - 1
        seen = known.fetch(chromosome, start, start + len(ref))
        if any(base not in ("N", expected) for base, expected in zip(seen, ref, strict=True)):
            faults.append(
                f"{build} cancerhotspots {symbol} {change}: {chromosome}:{position} {ref}, sequence {seen}"
            )
        rows.append(
            {
                "chromosome": chromosome,
                "position": str(start),
                "ref": ref,
                "alt": alt,
                "gene": symbol,
                "protein_change": change,
                "source": "cancerhotspots",
                "consequence": kind,
                "reference_base": "unknown" if "N" in seen else "verified",
            }
        )
    return rows


def _write_reference(folder: Path, build: GenomeBuild, known: KnownSequence) -> None:
    lengths = CONTIG_LENGTHS[build]
    pieces: dict[str, list[tuple[int, str]]] = {}
    for chromosome, start, bases in known.pieces():
        pieces.setdefault(chromosome, []).append((start, bases))
    # hg19's chrM is another sequence, of another length, than the MT of b37.
    aliases = {
        "chrM" if name == "MT" else f"chr{name}": name
        for name in lengths
        if name != "MT" or build is GenomeBuild.GRCH38
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_padded_fasta(folder / f"panel.{build}.fa.gz", lengths, pieces, aliases=aliases)
    bed = folder / f"panel.{build}.known.bed"
    with bed.open("w", encoding="ascii", newline="") as out:
        for chromosome, start, end, source in known.source_runs():
            out.write(f"{chromosome}\t{start}\t{end}\t{source}\n")


def _report_of(
    build: GenomeBuild,
    verified: Mapping[str, Verified],
    known: KnownSequence,
    alleles: Sequence[Row],
    hotspots: Sequence[Row],
) -> list[str]:
    lines = [
        f"{build}: {known.known_bases():,} bases known; {known.compared:,} bases seen in two sources, "
        f"{len(known.disagreements)} disagree"
    ]
    lines += [
        f"  {item.chromosome}:{item.position} kept {item.kept} ({item.kept_source}), "
        f"not {item.other} ({item.other_source})"
        for item in known.disagreements[:40]
    ]
    for status in ("complete", "partial", "unknown"):
        names = [name for name, item in verified.items() if item.status == status]
        lines.append(f"  coding sequence {status}: {len(names)}: {' '.join(names)}")
    checked = sum(row["reference_base"] == "verified" for row in hotspots)
    lines.append(
        f"  {len(alleles)} listed alleles; {len(hotspots)} cancerhotspots alleles, reference base verified in {checked}"
    )
    return lines
