"""The decisive codons, and the alleles of the protein changes that the hand-made table lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractor.genome.amino_acids import translate
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import Gene
from refractor.genome.transcript import reverse_complement
from resource_building.alleles import Allele, in_frame_alleles, in_frame_change, substitutions
from resource_building.coding import codon_bases
from resource_building.known_sequence import KnownSequence
from resource_building.rows import Row

RAS_CODONS = (12, 13, 59, 61, 117, 146)
"""ASCO 2015: exons 2 (12, 13), 3 (59, 61) and 4 (117, 146)."""

RAS_GENES = ("KRAS", "NRAS", "HRAS")


def decisive_codons(
    listed: Sequence[Row],
    genes: Mapping[GenomeBuild, Mapping[str, Gene]],
    known: Mapping[GenomeBuild, KnownSequence],
    faults: list[str],
) -> list[Row]:
    """One row a codon that decides RAS or BRAF status, its amino acid checked against the sequence of both builds."""
    wanted: dict[tuple[str, int], tuple[set[str], set[str]]] = {
        (gene, codon): (set(), set()) for gene in RAS_GENES for codon in RAS_CODONS
    }
    for row in listed:
        key = (row["gene"], int(row["codon"] or 0))
        if row["functional_class"]:
            wanted.setdefault(key, (set(), set()))[1].add(row["functional_class"])
        if key in wanted:
            wanted[key][0].add(row["amino_acid"])
    rows = []
    for (name, codon), (amino_acids, classes) in wanted.items():
        positions = {build: genes[build][name].codon_positions(codon) for build in GenomeBuild}
        seen = {translate(codon_bases(genes[build][name], codon, known[build])) for build in GenomeBuild}
        amino_acids.update(seen - {"X"})
        if len(amino_acids) != 1:
            faults.append(f"{name} codon {codon}: amino acid {' or '.join(sorted(amino_acids)) or 'unknown'}")
        rows.append(
            {
                "gene": name,
                "codon": str(codon),
                "amino_acid": "/".join(sorted(amino_acids)),
                "criterion": "RAS" if name in RAS_GENES else "BRAF",
                "functional_classes": ",".join(sorted(classes)),
                "chromosome": genes[GenomeBuild.GRCH38][name].chromosome,
                **{f"positions_{build}": ",".join(map(str, at)) for build, at in positions.items()},
            }
        )
    return sorted(rows, key=lambda row: ([*RAS_GENES, "BRAF"].index(row["gene"]), int(row["codon"])))


def listed_alleles(
    listed: Sequence[Row],
    genes: Mapping[str, Gene],
    known: KnownSequence,
    *,
    report: list[str],
    faults: list[str],
) -> list[Row]:
    """One row an allele of each listed change whose codons are known; those that are not go into the report."""
    rows: list[Row] = []
    unknown: list[str] = []
    for row in listed:
        gene = genes[row["gene"]]
        found = _in_frame(row, gene, known) if row["in_frame"] else _substitutions(row, gene, known)
        if found is None:
            unknown.append(f"{gene.symbol} {row['in_frame'] or row['amino_acid'] + row['codon']}")
        elif isinstance(found, str):
            faults.append(f"{known.build} {gene.symbol} {found}")
        else:
            rows += [allele_row(allele, gene, row["rule"].split()[0]) for allele in found]
    if unknown:
        report.append(f"{known.build}: not enumerated, sequence unknown: {', '.join(unknown)}")
    return rows


def allele_row(allele: Allele, gene: Gene, source: str) -> Row:
    """The row of one allele, the gene's strand left behind."""
    return {
        "chromosome": gene.chromosome,
        "position": str(allele.position),
        "ref": allele.ref,
        "alt": allele.alt,
        "gene": gene.symbol,
        "protein_change": allele.protein_change,
        "source": source,
    }


def in_frame_of(name: str, gene: Gene, known: KnownSequence) -> list[Allele] | str | None:
    """The alleles of an in-frame change; None where its codons are unknown, a text where they contradict it."""
    change = in_frame_change(name)
    span = codon_span(gene, change.first, change.last)
    if span is None or "N" in known.fetch(*span):
        return None
    ends = tuple(translate(codon_bases(gene, codon, known)) for codon in (change.first, change.last))
    if ends != (change.reference, change.reference_last):
        return f"{name}: the sequence has {' and '.join(ends)}"
    return list(in_frame_alleles(change, span, known.fetch, strand=gene.strand))


def _in_frame(row: Row, gene: Gene, known: KnownSequence) -> list[Allele] | str | None:
    return in_frame_of(row["in_frame"], gene, known)


def _substitutions(row: Row, gene: Gene, known: KnownSequence) -> list[Allele] | str | None:
    codon, name = int(row["codon"]), row["amino_acid"] + row["codon"]
    bases = codon_bases(gene, codon, known)
    if "N" in bases:
        return None
    if translate(bases) != row["amino_acid"]:
        return f"{name}: the sequence has {translate(bases)}"
    to = None if row["changed_to"] == "any" else frozenset(row["changed_to"].split(","))
    return list(substitutions(gene.codon_positions(codon), bases, name, to))


def codon_span(gene: Gene, first: int, last: int) -> tuple[str, int, int] | None:
    """Chromosome, start and end of whole codons; None where an intron lies between."""
    at = [position for codon in range(first, last + 1) for position in gene.codon_positions(codon)]
    if max(at) - min(at) != len(at) - 1:
        return None
    return gene.chromosome, min(at), max(at) + 1


def germline_sites(
    sites: Sequence[Row],
    genes: Mapping[GenomeBuild, Mapping[str, Gene]],
    known: Mapping[GenomeBuild, KnownSequence],
    faults: list[str],
) -> list[Row]:
    """The hand-made germline sites with the position and plus-strand bases of each build filled in.

    A site of a gene outside the panel is wholly made by hand.
    """
    rows = []
    for site in sites:
        if site["gene"] not in genes[GenomeBuild.GRCH38]:
            rows.append(dict(site))
            continue
        row = {
            key: site[key]
            for key in ("gene", "rsid", "protein_change", "legacy_name", "coding_ref", "coding_alt")
        }
        codon, index = int(site["protein_change"][1:-1]), int(site["codon_base"]) - 1
        row["codon_base"] = site["codon_base"]
        for build in GenomeBuild:
            gene = genes[build][site["gene"]]
            position = gene.codon_positions(codon)[index]
            ref, alt = site["coding_ref"], site["coding_alt"]
            if gene.strand == "-":
                ref, alt = reverse_complement(ref), reverse_complement(alt)
            seen = known[build].fetch(gene.chromosome, position, position + 1)
            if seen not in ("N", ref):
                faults.append(f"{build} {site['rsid']}: reference base {seen}, not {ref}")
            row |= {"chromosome": gene.chromosome, f"position_{build}": str(position), "ref": ref, "alt": alt}
        rows.append(row)
    return rows
