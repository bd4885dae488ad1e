"""The mutations of a whole study, row by row: such a MAF may be larger than memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from refractor.variants.files.maf_columns import column_places
from refractor.variants.files.maf_row import MafRow
from refractor.variants.files.maf_table import faults_of_row, row_of
from refractor.variants.files.whole_file import fault, opened_whole

_CHANGES_PROTEIN = frozenset(
    word.lower()
    for word in (
        "Missense_Mutation", "Nonsense_Mutation", "Nonstop_Mutation", "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del",
        "In_Frame_Ins", "Splice_Site", "Translation_Start_Site",
    )
)  # fmt: skip
"""Variant_Classification of what changes a protein (GDC MAF format)."""
_SAID_GERMLINE = frozenset({"germline", "loh"})


@dataclass(slots=True)
class StudyMutations:
    """What a study's MAF holds: the rows of wanted genes by sample, and which samples have each gene changed.

    `changed` has every gene of the file with the samples in which a somatic row changes its protein; `broken` counts rows of
    wanted genes that cannot be read, by the first fault.
    """

    path: Path
    rows: dict[str, list[MafRow]] = field(default_factory=dict)
    changed: dict[str, set[str]] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)


def read_study_mutations(path: Path, *, genes: Collection[str], samples: Collection[str]) -> StudyMutations:
    """The mutations of `samples`; only rows of `genes` are held.

    Raises:
        VariantFileError: damaged, or columns missing.
    """
    found = StudyMutations(path)
    places: dict[str, int] | None = None
    header: list[str] = []
    with opened_whole(path) as lines:
        for number, raw in enumerate(lines, start=1):
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
            if not text.strip() or text.startswith("#"):
                continue
            cells = text.split("\t")
            if places is None:
                places, header = _places(path, cells, number), cells
                continue
            _take(found, path, cells, number, places=places, header=header, genes=genes, samples=samples)
    if places is None:
        raise fault(path, "has no line of columns", allowed="a MAF as cBioPortal has it")
    return found


def _places(path: Path, header: list[str], number: int) -> dict[str, int]:
    places = column_places(path, header, line=number)
    missing = [name for name in ("Hugo_Symbol", "Tumor_Sample_Barcode") if name not in places]
    if missing:
        raise fault(
            path,
            f"columns missing: {', '.join(missing)}",
            line=number,
            allowed="the MAF of a cBioPortal study",
        )
    return places


def _take(
    found: StudyMutations,
    path: Path,
    cells: list[str],
    number: int,
    *,
    places: dict[str, int],
    header: list[str],
    genes: Collection[str],
    samples: Collection[str],
) -> None:
    """Add one line; most are of genes or samples that are not asked for and are looked at in three cells only."""

    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    gene, sample = cell("Hugo_Symbol"), cell("Tumor_Sample_Barcode")
    if sample not in samples:
        return
    somatic = cell("Mutation_Status").lower() not in _SAID_GERMLINE
    if somatic and cell("Variant_Classification").lower() in _CHANGES_PROTEIN:
        found.changed.setdefault(gene, set()).add(sample)
    if gene not in genes:
        return
    row = row_of(path, cells, places=places, header=header, line=number)
    if not row.is_small_variant:
        return
    problems = faults_of_row(path, row)
    if problems:
        found.broken[f"line {number} {problems[0].column}: {problems[0].what}"] += 1
        return
    found.rows.setdefault(sample, []).append(row)
