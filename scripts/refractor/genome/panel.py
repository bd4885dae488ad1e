"""The gene panel of one build: MANE Select models, decisive codons, hotspot alleles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from refractor.files.resources import RESOURCES, shipped_rows
from refractor.genome.builds import CHROMOSOMES, GenomeBuild
from refractor.genome.germline_sites import GermlineSite, germline_sites_of

PANEL = RESOURCES / "panel"
ROLES = ("oncogene", "tumor_suppressor", "immune", "germline", "amplicon")
"""What a gene of the panel may be."""


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene on its MANE Select transcript; coordinates 0-based half-open on a bare contig name.

    `exons` and `cds` ascend along the genome whatever the strand; `cds` holds the stop codon.
    """

    symbol: str
    entrez_id: int
    hgnc_id: str
    transcript: str
    ensembl_transcript: str
    protein: str
    role: str
    chromosome: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...]
    cds: tuple[tuple[int, int], ...]

    @property
    def cds_length(self) -> int:
        """Coding bases, the stop codon included."""
        return sum(end - start for start, end in self.cds)

    @property
    def protein_length(self) -> int:
        """Amino acids, without the stop."""
        return self.cds_length // 3 - 1

    def coding_offset(self, position: int) -> int | None:
        """0-based offset of a genomic position in the coding sequence; None outside it."""
        offset = 0
        for start, end in self._coding_order():
            if start <= position < end:
                return offset + (position - start if self.strand == "+" else end - 1 - position)
            offset += end - start
        return None

    def coding_position(self, offset: int) -> int:
        """Genomic 0-based position of a 0-based offset in the coding sequence."""
        left = offset
        for start, end in self._coding_order():
            if 0 <= left < end - start:
                return start + left if self.strand == "+" else end - 1 - left
            left -= end - start
        raise IndexError(
            f"{self.symbol}: no coding offset {offset}, the coding sequence has {self.cds_length}"
        )

    def codon_positions(self, codon: int) -> tuple[int, int, int]:
        """Genomic 0-based positions of the three bases of a codon (from 1), in coding order."""
        first = 3 * (codon - 1)
        return (
            self.coding_position(first),
            self.coding_position(first + 1),
            self.coding_position(first + 2),
        )

    def _coding_order(self) -> Iterator[tuple[int, int]]:
        return iter(self.cds) if self.strand == "+" else reversed(self.cds)


@dataclass(frozen=True, slots=True)
class DecisiveCodon:
    """A codon that decides a status, with its bases' genomic positions in coding order.

    `functional_classes` (1, 2, 3) are those of the alterations known there; empty in a gene that has no such classes.
    """

    gene: str
    codon: int
    amino_acid: str
    criterion: str
    functional_classes: tuple[int, ...]
    chromosome: str
    positions: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A known alteration by its allele: 0-based position, trimmed and left-aligned, genome's plus strand."""

    chromosome: str
    position: int
    ref: str
    alt: str
    gene: str
    protein_change: str
    source: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the panel knows on one build.

    `rule_codons` are the genes and codons at which a resistance rule asks for small variants, `rearranged_genes` those
    of whose junctions one asks and the user's own; `aliases` are other names of genes, in capitals. `fusion_genes` are no genes of the panel: a rule
    asks for their fusions, so that their exons are known, and neither copies nor small variants are told of them;
    `break_codons` are the codons between which their breaks lie.
    """

    build: GenomeBuild
    genes: Mapping[str, Gene]
    fusion_genes: Mapping[str, Gene]
    break_codons: Mapping[str, tuple[int, int]]
    decisive_codons: tuple[DecisiveCodon, ...]
    hotspots: tuple[Hotspot, ...]
    germline_sites: tuple[GermlineSite, ...]
    rule_codons: tuple[tuple[str, int], ...]
    rearranged_genes: tuple[str, ...]
    aliases: Mapping[str, str]
    _by_allele: Mapping[tuple[str, int, str, str], Hotspot]

    @property
    def classed_codons(self) -> dict[str, list[int]]:
        """Codons whose mutations have a functional class, by gene."""
        found: dict[str, list[int]] = {}
        for codon in self.decisive_codons:
            if codon.functional_classes:
                found.setdefault(codon.gene, []).append(codon.codon)
        return found

    @property
    def rule_genes(self) -> dict[str, Gene]:
        """The genes of the panel, and those of which a rule asks for fusions alone."""
        return {**self.genes, **self.fusion_genes}

    def hotspot_at(self, chromosome: str, position: int, ref: str, alt: str) -> Hotspot | None:
        """The hotspot of exactly this allele (0-based, normalised); None where it is none."""
        return self._by_allele.get((chromosome, position, ref, alt))

    def gene_called(self, name: str | None) -> Gene | None:
        """The gene by its symbol, in any case, or by another name of it; None where it is none of the panel."""
        bare = (name or "").strip().upper()
        return self.genes.get(self.aliases.get(bare, bare))

    def genes_at(self, chromosome: str, start: int, end: int) -> tuple[Gene, ...]:
        """The genes whose transcript overlaps the interval, in panel order."""
        return tuple(
            gene
            for gene in self.genes.values()
            if gene.chromosome == chromosome and gene.start < end and start < gene.end
        )


def told_codons(panel: Panel) -> dict[tuple[str, int], DecisiveCodon | None]:
    """Gene and number of each codon whose status is told: those that decide an entry first, then those of hotspots and
    rules, by gene."""
    decisive = {(codon.gene, codon.codon): codon for codon in panel.decisive_codons}
    others = set(panel.rule_codons)
    for hotspot in panel.hotspots:
        gene = panel.genes[hotspot.gene]
        for position in range(hotspot.position, hotspot.position + len(hotspot.ref)):
            offset = gene.coding_offset(position)
            if offset is not None:
                others.add((gene.symbol, offset // 3 + 1))
    return {**decisive, **dict.fromkeys(sorted(others - decisive.keys()))}


_OWN: dict[GenomeBuild, tuple[Gene, ...]] = {}


def use_own_genes(genes: Mapping[GenomeBuild, Sequence[Gene]]) -> None:
    """From here on the panel has these genes too, in place of shipped ones where they bear their symbol.

    It holds for the process, which serves one trial: whoever asks for the panel gets one and the same.
    """
    _OWN.clear()
    _OWN.update({build: tuple(given) for build, given in genes.items()})
    load_panel.cache_clear()


def own_genes(build: GenomeBuild) -> tuple[Gene, ...]:
    """The user's own genes that are in force."""
    return _OWN.get(build, ())


@lru_cache(maxsize=2)
def load_panel(build: GenomeBuild) -> Panel:
    """The panel on `build`: the shipped one with the user's own genes that are in force."""
    shipped, own = shipped_panel(build), {gene.symbol: gene for gene in own_genes(build)}
    if not own:
        return shipped
    outside = {symbol: gene for symbol, gene in shipped.fusion_genes.items() if symbol not in own}
    return replace(
        shipped,
        genes={**shipped.genes, **own},
        fusion_genes=outside,
        break_codons={symbol: shipped.break_codons[symbol] for symbol in outside},
        rearranged_genes=tuple(dict.fromkeys((*shipped.rearranged_genes, *own))),
    )


@lru_cache(maxsize=2)
def shipped_panel(build: GenomeBuild) -> Panel:
    """The shipped panel on `build`, whatever the user's own genes are."""
    models = {row["symbol"]: row for row in shipped_rows(PANEL / f"transcripts.{build}.tsv")}
    genes = {
        row["symbol"]: _gene_of({**models[row["symbol"]], **row}) for row in shipped_rows(PANEL / "genes.tsv")
    }
    searched = {row["gene"]: row["break_codons"] for row in shipped_rows(PANEL / "rule_junctions.tsv")}
    hotspots = _read_hotspots(build)
    return Panel(
        build=build,
        genes=genes,
        fusion_genes={
            row["symbol"]: _gene_of(row)
            for row in shipped_rows(PANEL / "further_genes.tsv")
            if row["genome_build"] == build and searched.get(row["symbol"])
        },
        break_codons={gene: _span_of(codons) for gene, codons in searched.items() if codons},
        decisive_codons=_read_codons(build),
        hotspots=hotspots,
        germline_sites=germline_sites_of(shipped_rows(PANEL / "germline_sites.tsv"), build),
        rule_codons=_read_rule_codons(),
        rearranged_genes=tuple(searched),
        aliases={row["alias"]: row["symbol"] for row in shipped_rows(PANEL / "aliases.tsv")},
        _by_allele={(spot.chromosome, spot.position, spot.ref, spot.alt): spot for spot in hotspots},
    )


def _gene_of(row: Mapping[str, str]) -> Gene:
    exons = _intervals(row["exon_starts"], row["exon_ends"])
    return Gene(
        symbol=row["symbol"],
        entrez_id=int(row["entrez_id"]),
        hgnc_id=row["hgnc_id"],
        transcript=row["transcript"],
        ensembl_transcript=row["ensembl_transcript"],
        protein=row["protein"],
        role=row["role"],
        chromosome=row["chromosome"],
        start=exons[0][0],
        end=exons[-1][1],
        strand=row["strand"],
        exons=exons,
        cds=coding_parts(exons, int(row["cds_start"]), int(row["cds_end"])),
    )


def _span_of(codons: str) -> tuple[int, int]:
    first, last = codons.split("-")
    return int(first), int(last)


def coding_parts(
    exons: Sequence[tuple[int, int]], cds_start: int, cds_end: int
) -> tuple[tuple[int, int], ...]:
    """What of the exons lies within the coding part."""
    return tuple(
        (max(start, cds_start), min(end, cds_end))
        for start, end in exons
        if start < cds_end and cds_start < end
    )


def _intervals(starts: str, ends: str) -> tuple[tuple[int, int], ...]:
    return tuple(zip(map(int, starts.split(",")), map(int, ends.split(",")), strict=True))


def _read_codons(build: GenomeBuild) -> tuple[DecisiveCodon, ...]:
    codons = []
    for row in shipped_rows(PANEL / "codons.tsv"):
        first, second, third = map(int, row[f"positions_{build}"].split(","))
        codons.append(
            DecisiveCodon(
                gene=row["gene"],
                codon=int(row["codon"]),
                amino_acid=row["amino_acid"],
                criterion=row["criterion"],
                functional_classes=tuple(map(int, filter(None, row["functional_classes"].split(",")))),
                chromosome=row["chromosome"],
                positions=(first, second, third),
            )
        )
    return tuple(codons)


def _read_rule_codons() -> tuple[tuple[str, int], ...]:
    return tuple(
        (row["gene"], codon)
        for row in shipped_rows(PANEL / "rule_codons.tsv")
        for codon in range(int(row["first_codon"]), int(row["last_codon"]) + 1)
    )


def _read_hotspots(build: GenomeBuild) -> tuple[Hotspot, ...]:
    """The listed alleles and those of cancerhotspots, one entry an allele with all its sources."""
    merged: dict[tuple[str, int, str, str], Hotspot] = {}
    for name in ("listed_alleles", "cancerhotspots"):
        for row in shipped_rows(PANEL / f"{name}.{build}.tsv"):
            key = (row["chromosome"], int(row["position"]), row["ref"], row["alt"])
            earlier = merged.get(key)
            # A listed change is written on the MANE transcript; it names the allele where the two differ.
            change = row["protein_change"] if earlier is None else earlier.protein_change
            source = row["source"] if earlier is None else f"{earlier.source},{row['source']}"
            merged[key] = Hotspot(*key, gene=row["gene"], protein_change=change, source=source)
    order = {chromosome: rank for rank, chromosome in enumerate(CHROMOSOMES)}
    return tuple(
        sorted(merged.values(), key=lambda spot: (order[spot.chromosome], spot.position, spot.ref, spot.alt))
    )


def unversioned(transcript: str) -> str:
    """A transcript's accession without its version."""
    return transcript.split(".", maxsplit=1)[0]
