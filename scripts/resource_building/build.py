"""The build itself: gene models, known sequence of both builds, codons, alleles, and their verification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.resources import shipped_rows
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Gene
from resource_building.coding import CodingSequence, lift_faults, verify_coding_sequence
from resource_building.gene_models import (
    EarlierModel,
    Identifiers,
    Model,
    read_mane,
    read_models,
    read_transcripts,
)
from resource_building.hotspots import cancerhotspots_rows
from resource_building.known_sequence import KnownSequence
from resource_building.liftover import Liftover
from resource_building.listed_alleles import decisive_codons, germline_sites, listed_alleles
from resource_building.padded_fasta import write_padded_fasta
from resource_building.rows import Row, write_rows
from resource_building.sequence_sources import Sources, common_snps, gather_sequence

FLANK_BP = 5_000
"""Sequence shipped on either side of a gene."""

MODEL_STANDS_IN = {"AKT1": "ENST00000649815", "FCGR3A": "ENST00000443193"}
"""Genes of which UCSC's refGene tables have no model of the MANE version: NM_001382430 is not in them, and their
NM_000569 is an older, longer one. Their MANE Ensembl transcript takes its place."""


HAND_MADE = ("genes.tsv", "listed_changes.tsv", "germline_sites.tsv")
"""Tables of panel/ in which people write."""

SUPPLEMENT = "supplement.GRCh37.tsv"
"""Table of reference/ in which people write."""


@dataclass(frozen=True, slots=True)
class Models:
    """The gene models of one build, and those of the same genes' MANE Ensembl transcripts, where GENCODE has them.

    `agreed` names, for a model that an earlier build of the resources found equal to it, the Ensembl transcript.
    """

    chosen: Mapping[str, Model]
    ensembl: Mapping[str, Model]
    agreed: Mapping[str, str]


def build_resources(sources: Sources, output: Path) -> str:
    """The report, after writing panel/ and reference/ under `output`.

    Raises:
        InputError: a gene is not found, or sources, models, names and sequence contradict; nothing is written then.
    """
    panel, reference = output / "panel", output / "reference"
    _require_files([*sources.files(), *(panel / name for name in HAND_MADE), reference / SUPPLEMENT])
    genes = shipped_rows(panel / "genes.tsv")
    listed = shipped_rows(panel / "listed_changes.tsv")
    identifiers = read_mane(sources.mane, [row["symbol"] for row in genes])
    _require(identifiers, genes, sources.mane)
    models = {build: _models_of(build, sources, identifiers, panel) for build in GenomeBuild}
    known = gather_sequence(
        sources,
        {build: _windows(items.chosen.values(), build) for build, items in models.items()},
        supplement=reference / SUPPLEMENT,
    )
    as_genes = {
        build: {name: _gene(ids, models[build].chosen[name]) for name, ids in identifiers.items()}
        for build in GenomeBuild
    }
    report: list[str] = []
    faults = lift_faults(
        as_genes[GenomeBuild.GRCH37], as_genes[GenomeBuild.GRCH38], Liftover.of_chain(sources.chain)
    )
    sites = shipped_rows(panel / "germline_sites.tsv")
    tables = {
        "genes.tsv": [_gene_row(row, identifiers[row["symbol"]]) for row in genes],
        "codons.tsv": decisive_codons(listed, as_genes, known, faults),
        "germline_sites.tsv": germline_sites(sites, as_genes, known, faults),
    }
    for build in GenomeBuild:
        here = known[build]
        verified = {name: verify_coding_sequence(gene, here) for name, gene in as_genes[build].items()}
        faults += [f"{build} {name}: {item.fault}" for name, item in verified.items() if item.fault]
        faults += _model_faults(models[build], build)
        report += _sequence_report(here, verified)
        report.append(_snp_report(here, sources, faults))
        tables[f"transcripts.{build}.tsv"] = [
            _transcript_row(row["symbol"], models[build], verified[row["symbol"]]) for row in genes
        ]
        tables[f"listed_alleles.{build}.tsv"] = listed_alleles(
            listed, as_genes[build], here, report=report, faults=faults
        )
        tables[f"cancerhotspots.{build}.tsv"] = cancerhotspots_rows(
            sources.hotspots(build), as_genes[build], here, report=report, faults=faults
        )
    if faults:
        raise InputError([Problem(output, fault) for fault in faults])
    for name, rows in tables.items():
        write_rows(panel / name, rows)
    for build in GenomeBuild:
        _write_reference(reference, build, known[build])
    return "\n".join(report)


def _require_files(paths: Iterable[Path]) -> None:
    missing = [Problem(path, "is no file") for path in paths if not path.is_file()]
    if missing:
        raise InputError(missing)


def _require(identifiers: Mapping[str, Identifiers], genes: Sequence[Row], mane: Path) -> None:
    missing = [row["symbol"] for row in genes if row["symbol"] not in identifiers]
    if missing:
        raise InputError(Problem(mane, f"has no MANE Select transcript of {', '.join(missing)}"))


def _models_of(
    build: GenomeBuild, sources: Sources, identifiers: Mapping[str, Identifiers], panel: Path
) -> Models:
    """The models of one build with MANE's ends; `panel` is the folder of the build before."""
    earlier = read_transcripts(panel / f"transcripts.{build}.tsv")
    found = _models(identifiers, sources.gene_models[build], build, earlier=earlier)
    lifter = Liftover.of_chain(sources.chain, inverted=True) if build is GenomeBuild.GRCH37 else None
    return _with_mane_ends(found, identifiers, lifter)


def _models(
    identifiers: Mapping[str, Identifiers],
    tables: Sequence[Path],
    build: GenomeBuild,
    *,
    earlier: Mapping[str, EarlierModel],
) -> Models:
    """The models that the tables have, for other genes those of the earlier build of the resources."""
    refseq = {name: ids.transcript.split(".")[0] for name, ids in identifiers.items()}
    ensembl = {name: ids.ensembl_transcript.split(".")[0] for name, ids in identifiers.items()}
    found = read_models(tables, [*refseq.values(), *ensembl.values()])
    wanted = {name: MODEL_STANDS_IN.get(name, refseq[name]) for name in identifiers}
    kept = {
        name: earlier[name].model
        for name, accession in wanted.items()
        if accession not in found and name in earlier and earlier[name].model.accession == accession
    }
    missing = [name for name, accession in wanted.items() if accession not in found and name not in kept]
    if missing:
        raise InputError(
            Problem(
                tables[-1],
                f"has no model on {build} of {', '.join(missing)}",
                allowed="give UCSC's full refGene and GENCODE tables with --ucsc",
            )
        )
    chosen = {name: kept.get(name) or found[accession] for name, accession in wanted.items()}
    return Models(
        chosen=chosen,
        ensembl={name: found[accession] for name, accession in ensembl.items() if accession in found},
        agreed={
            name: before.agrees_with
            for name, before in earlier.items()
            if before.agrees_with and name in chosen and chosen[name].cds == before.model.cds
        },
    )


def _with_mane_ends(
    models: Models, identifiers: Mapping[str, Identifiers], lifter: Liftover | None
) -> Models:
    """The models with the transcript ends that MANE has, lifted where a `lifter` from GRCh38 is given.

    UCSC's tables are older than MANE, and ends of untranslated regions have moved since.
    """
    chosen = {}
    for name, model in models.chosen.items():
        ids = identifiers[name]
        ends = [ids.start, ids.end - 1]
        if lifter is not None:
            lifted = [lifter.lift_position(ids.chromosome, at) for at in ends]
            ends = sorted(
                at
                for found in lifted
                if found
                for chromosome, at, _ in [found]
                if chromosome == model.chromosome
            )
        chosen[name] = model.with_ends(ends[0], ends[1] + 1) if len(ends) == 2 else model
    return replace(models, chosen=chosen)


def _model_faults(models: Models, build: GenomeBuild) -> list[str]:
    """Genes whose coding exons differ between the RefSeq and the Ensembl transcript that MANE says are one."""
    return [
        f"{build} {name}: coding exons of {models.chosen[name].accession} and {model.accession} differ"
        for name, model in models.ensembl.items()
        if model.cds != models.chosen[name].cds
    ]


def _windows(models: Iterable[Model], build: GenomeBuild) -> list[tuple[str, int, int]]:
    """Each gene with its flanks, cut at the ends of its chromosome."""
    return [
        (
            model.chromosome,
            max(0, model.exons[0][0] - FLANK_BP),
            min(CONTIG_LENGTHS[build][model.chromosome], model.exons[-1][1] + FLANK_BP),
        )
        for model in models
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


def _gene_row(row: Row, ids: Identifiers) -> Row:
    return row | {
        "entrez_id": str(ids.entrez_id),
        "hgnc_id": ids.hgnc_id,
        "transcript": ids.transcript,
        "ensembl_transcript": ids.ensembl_transcript,
        "protein": ids.protein,
    }


def _transcript_row(symbol: str, models: Models, verified: CodingSequence) -> Row:
    model = models.chosen[symbol]
    ensembl = models.ensembl.get(symbol)
    agrees_with = models.agreed.get(symbol, "") if ensembl is None else ensembl.accession
    return {
        "symbol": symbol,
        "model": model.accession,
        **model.cells(),
        "cds_length": str(model.cds_length),
        "cds_known_bases": str(verified.known_bases),
        "cds_sequence": verified.status,
        "cds_agrees_with": "" if agrees_with == model.accession else agrees_with,
    }


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
    write_padded_fasta(folder / f"panel.{build}.fa.gz", lengths, pieces, aliases=aliases)
    bed = folder / f"panel.{build}.known.bed"
    with bed.open("w", encoding="ascii", newline="") as out:
        for chromosome, start, end, source in known.source_runs():
            out.write(f"{chromosome}\t{start}\t{end}\t{source}\n")


def _sequence_report(known: KnownSequence, verified: Mapping[str, CodingSequence]) -> list[str]:
    lines = [
        f"{known.build}: {known.known_bases():,} bases known; {known.compared:,} comparisons of a base between "
        f"sources, {len(known.disagreements)} disagree"
    ]
    lines += [
        f"  {item.chromosome}:{item.position} kept {item.kept} ({item.kept_source}), "
        f"not {item.other} ({item.other_source})"
        for item in known.disagreements
    ]
    for status in ("complete", "partial", "unknown"):
        names = [name for name, item in verified.items() if item.status == status]
        lines.append(f"  coding sequence {status}: {len(names)}: {' '.join(names)}")
    return lines


def _snp_report(known: KnownSequence, sources: Sources, faults: list[str]) -> str:
    """How many reference bases of common SNPs, an independent source, agree with the sequence."""
    agree = 0
    for chromosome, position, ref in common_snps(sources, known.build):
        if not known.covers(chromosome, position):
            continue
        seen = known.fetch(chromosome, position, position + 1)
        if seen not in ("N", ref):
            faults.append(f"{known.build} {chromosome}:{position}: {seen}, but a common SNP has {ref}")
        agree += seen == ref
    return f"{known.build}: reference bases of {agree} common SNPs agree"
