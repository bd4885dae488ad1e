"""MANE Select identifiers and exon models of the panel genes from NCBI's summary and UCSC's refGene tables."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from refractor.files.resources import shipped_rows
from refractor.genome.builds import CHROMOSOMES, bare_contig
from refractor.genome.panel import coding_parts


@dataclass(frozen=True, slots=True)
class Identifiers:
    """One row of the MANE summary; `start` and `end` of the transcript on GRCh38, 0-based half-open."""

    symbol: str
    entrez_id: int
    hgnc_id: str
    transcript: str
    ensembl_transcript: str
    protein: str
    chromosome: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Model:
    """Exons of one transcript on one build, 0-based half-open, ascending; `accession` without version."""

    symbol: str
    accession: str
    chromosome: str
    strand: str
    exons: tuple[tuple[int, int], ...]
    cds_start: int
    cds_end: int

    @property
    def cds(self) -> tuple[tuple[int, int], ...]:
        """The coding parts of the exons, stop codon included."""
        return coding_parts(self.exons, self.cds_start, self.cds_end)

    def cells(self) -> dict[str, str]:
        """Where it lies, as cells of a table of genes."""
        return {
            "chromosome": self.chromosome,
            "strand": self.strand,
            "cds_start": str(self.cds_start),
            "cds_end": str(self.cds_end),
            "exon_starts": ",".join(str(start) for start, _ in self.exons),
            "exon_ends": ",".join(str(end) for _, end in self.exons),
        }

    @property
    def cds_length(self) -> int:
        """Coding bases."""
        return sum(end - start for start, end in self.cds)

    def with_ends(self, start: int, end: int) -> Model:
        """The model with other ends of its outer exons; itself where those lie in an intron or the coding part."""
        exons = [list(exon) for exon in self.exons]
        exons[0][0], exons[-1][1] = start, end
        if not (
            start < exons[0][1] and exons[-1][0] < end and start <= self.cds_start and self.cds_end <= end
        ):
            return self
        return replace(self, exons=tuple((first, last) for first, last in exons))


@dataclass(frozen=True, slots=True)
class EarlierModel:
    """A model as an earlier build of the resources wrote it, and the Ensembl transcript it was found equal to."""

    model: Model
    agrees_with: str


def read_transcripts(path: Path) -> dict[str, EarlierModel]:
    """The models of a built transcripts table by symbol; none where it has not been built yet."""
    if not path.exists():
        return {}
    return {
        row["symbol"]: EarlierModel(
            Model(
                symbol=row["symbol"],
                accession=row["model"],
                chromosome=row["chromosome"],
                strand=row["strand"],
                exons=tuple(
                    zip(
                        map(int, row["exon_starts"].split(",")),
                        map(int, row["exon_ends"].split(",")),
                        strict=True,
                    )
                ),
                cds_start=int(row["cds_start"]),
                cds_end=int(row["cds_end"]),
            ),
            row["cds_agrees_with"],
        )
        for row in shipped_rows(path)
    }


def read_mane(path: Path, symbols: Iterable[str]) -> dict[str, Identifiers]:
    """MANE Select identifiers of the genes asked for."""
    wanted = set(symbols)
    with _opened(path) as lines:
        return {
            row["symbol"]: Identifiers(
                row["symbol"],
                int(row["#NCBI_GeneID"].removeprefix("GeneID:")),
                row["HGNC_ID"],
                row["RefSeq_nuc"],
                row["Ensembl_nuc"],
                row["RefSeq_prot"],
                bare_contig(row["GRCh38_chr"]),
                int(row["chr_start"]) - 1,
                int(row["chr_end"]),
            )
            for row in csv.DictReader(lines, delimiter="\t")
            if row["symbol"] in wanted and row["MANE_status"] == "MANE Select"
        }


def read_models(paths: Iterable[Path], accessions: Iterable[str]) -> dict[str, Model]:
    """Models by accession from genePredExt tables (UCSC refGene, with `bin`); the first table that has it wins.

    Only alignments to chromosomes count; an accession aligned to more than one place is left out.
    """
    wanted = set(accessions)
    found: dict[str, Model] = {}
    for path in paths:
        here: dict[str, list[Model]] = {}
        for model in _models_of(path, wanted - found.keys()):
            here.setdefault(model.accession, []).append(model)
        found |= {accession: models[0] for accession, models in here.items() if len(models) == 1}
    return found


def _models_of(path: Path, wanted: set[str]) -> Iterator[Model]:
    with _opened(path) as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            accession = fields[1].split(".")[0]
            chromosome = bare_contig(fields[2])
            if accession not in wanted or chromosome not in CHROMOSOMES:
                continue
            starts = [int(value) for value in fields[9].split(",") if value]
            ends = [int(value) for value in fields[10].split(",") if value]
            yield Model(
                symbol=fields[12],
                accession=accession,
                chromosome=chromosome,
                strand=fields[3],
                exons=tuple(zip(starts, ends, strict=True)),
                cds_start=int(fields[6]),
                cds_end=int(fields[7]),
            )


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
