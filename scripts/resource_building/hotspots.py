"""The panel genes' alleles of cancerhotspots, checked against sequence and translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from refractor.genome.amino_acids import translate
from refractor.genome.panel import Gene
from refractor.genome.transcript import reverse_complement
from resource_building.alleles import trim
from resource_building.coding import codon_bases
from resource_building.known_sequence import KnownSequence
from resource_building.listed_alleles import in_frame_of
from resource_building.rows import Row


def cancerhotspots_rows(
    path: Path, genes: Mapping[str, Gene], known: KnownSequence, *, report: list[str], faults: list[str]
) -> list[Row]:
    """One row an allele of a panel gene (0-based, trimmed), with how its reference base and name were checked.

    The table calls all in-frame insertions and deletions around a residue by one name: only those that give the
    change of that name, by the sequence, are taken.
    """
    rows: list[Row] = []
    left_out = 0
    unlike: list[str] = []
    silent: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        chromosome, position, ref, alt, symbol, consequence, change, *_ = line.split("\t")
        gene = genes.get(symbol)
        if gene is None:
            continue
        start = int(position) - 1
        if "-" in (ref, alt) or len(ref) != len(alt):
            allele = _in_frame_allele((chromosome, start, ref, alt), change, gene, known)
            if allele is None:
                left_out += 1
                continue
            start, ref, alt = allele
        seen = known.fetch(chromosome, start, start + len(ref))
        if any(base not in ("N", expected) for base, expected in zip(seen, ref, strict=True)):
            faults.append(
                f"{known.build} cancerhotspots {symbol} {change}: {chromosome}:{position} {ref}, not {seen}"
            )
        here = _change_here(gene, known, start, ref, alt) if len(ref) == len(alt) else change
        if here == "":
            silent.append(f"{symbol} {change}")
            continue
        if here not in (None, change):
            unlike.append(f"{symbol} {change} is {here}")
        rows.append(
            {
                "chromosome": chromosome,
                "position": str(start),
                "ref": ref,
                "alt": alt,
                "gene": symbol,
                "protein_change": here or change,
                "source": "cancerhotspots",
                "consequence": consequence,
                "reference_base": "unknown" if "N" in seen else "verified",
                "name_checked": _how_checked(here, change),
            }
        )
    report += [
        f"{known.build}: {len(rows)} cancerhotspots alleles",
        f"  {left_out} insertions and deletions left out, whose name is not what they do or cannot be checked",
        f"  named otherwise on the MANE transcript: {', '.join(unlike) or '-'}",
        f"  silent on it and left out: {', '.join(silent) or '-'}",
    ]
    return rows


def _how_checked(here: str | None, change: str) -> str:
    if here is None:
        return "unknown"
    return "verified" if here == change else f"was {change}"


def _change_here(gene: Gene, known: KnownSequence, start: int, ref: str, alt: str) -> str | None:
    """The protein change of a substitution on the MANE transcript, empty where silent; None where a codon is unknown."""
    offsets = [gene.coding_offset(start + at) for at in range(len(ref))]
    if any(offset is None for offset in offsets):
        return None
    codons = sorted({offset // 3 + 1 for offset in offsets if offset is not None})
    before = "".join(codon_bases(gene, codon, known) for codon in codons)
    if "N" in before:
        return None
    bases = list(before)
    new = alt if gene.strand == "+" else "".join(reverse_complement(base) for base in alt)
    for offset, base in zip(offsets, new, strict=True):
        if offset is not None:
            bases[offset - 3 * (codons[0] - 1)] = base
    return _name(translate(before), translate("".join(bases)), codons[0])


def _name(before: str, after: str, first: int) -> str:
    """The change of residues from number `first` on; empty where it is silent."""
    changed = [at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if not changed:
        return ""
    low, high = changed[0], changed[-1]
    if low == high or after[low] == "*":
        return f"{before[low]}{first + low}{after[low]}"
    return f"{before[low]}{first + low}_{before[high]}{first + high}delins{after[low : high + 1]}"


def _in_frame_allele(
    allele: tuple[str, int, str, str], change: str, gene: Gene, known: KnownSequence
) -> tuple[int, str, str] | None:
    """The trimmed allele of an in-frame change that is what its name says; None otherwise."""
    expected = _expected(change, gene, known)
    if not expected:
        return None
    chromosome, start, ref, alt = allele
    if ref == "-":
        start, ref = start + 1, ""  # inserted after the base at the position
    alt = alt.replace("-", "")
    if not ref or not alt:
        placed = _left_aligned((chromosome, start, ref, alt), known)
    else:
        placed = trim(start, ref, alt, known.fetch, chromosome)
    return placed if placed in expected else None


def _left_aligned(allele: tuple[str, int, str, str], known: KnownSequence) -> tuple[int, str, str]:
    chromosome, start, ref, alt = allele
    unit = ref or alt
    while True:
        before = known.fetch(chromosome, start - 1, start)
        if before != unit[-1] or before == "N":
            return (start - 1, before + unit, before) if ref else (start - 1, before, before + unit)
        unit = before + unit[:-1]
        start -= 1


def _expected(change: str, gene: Gene, known: KnownSequence) -> Sequence[tuple[int, str, str]]:
    try:
        found = in_frame_of(change, gene, known)
    except ValueError:  # another kind of name
        return ()
    if found is None or isinstance(found, str):
        return ()
    return [(allele.position, allele.ref, allele.alt) for allele in found]
