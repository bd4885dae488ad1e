"""A user's CIViC evidence table: items that support resistance, with explicit match of disease and therapy.

Both generations of columns are read: molecular profiles (civic-v2) and gene with variant (before 2023).
Only Predictive items whose direction is Supports and whose significance is Resistance are resistance.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from refractor.errors import KnowledgeBaseError, Problem
from refractor.evidence.civic.profiles import Fit, Known, Names, Region, fits_of, is_understood
from refractor.evidence.knowledge.rules import NEVER_EVIDENCE
from refractor.evidence.knowledge.rules_in_scope import Scope
from refractor.files.bounded import read_table_bytes
from refractor.files.digests import file_checksum
from refractor.files.tabular import read_rows

log = logging.getLogger(__name__)

_SHARED = (
    "evidence_id",
    "disease",
    "doid",
    "evidence_type",
    "evidence_direction",
    "evidence_level",
    "evidence_status",
    "rating",
)


@dataclass(frozen=True, slots=True)
class _Generation:
    """Names of the columns that differ between the generations of the table."""

    name: str
    profile: tuple[str, ...]
    therapies: str
    significance: str


_GENERATIONS = (
    _Generation("molecular profiles", ("molecular_profile",), "therapies", "significance"),
    _Generation("gene and variant", ("gene", "variant"), "drugs", "clinical_significance"),
)
SUPPORTS = "Supports"
_CITATION = ("citation_id", "pubmed_id")
_BROAD_DISEASES = frozenset({"cancer", "solid tumor", "solid tumour"})


class DiseaseMatch(StrEnum):
    """How an item's disease relates to the cohort's."""

    SAME = "same"
    BROADER = "broader"
    OTHER = "other"


class TherapyMatch(StrEnum):
    """How an item's therapies relate to the cohort's; best first."""

    SAME_DRUGS = "same_drugs"
    SHARED_DRUG = "shared_drug"
    SAME_CLASS = "same_class"
    SAME_FAMILY = "same_family"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CivicItem:
    """One accepted predictive item on resistance, whichever way it points."""

    evidence_id: str
    profile: str
    disease: str
    doid: str
    therapies: tuple[str, ...]
    direction: str
    level: str
    rating: str
    citation: str

    @property
    def is_resistance(self) -> bool:
        """Whether it says that there is resistance; `Does Not Support` says that there is none."""
        return self.direction == SUPPORTS


@dataclass(frozen=True, slots=True)
class CivicTable:
    """The items on resistance of one file, how many rows it has, the newest review in it, and its checksum."""

    items: tuple[CivicItem, ...]
    rows: int
    newest_review: str
    checksum: str

    @property
    def version(self) -> str:
        """What tells two tables apart: the newest review and the digest."""
        return f"{self.newest_review or 'undated'}+{self.checksum[:16]}"


@dataclass(frozen=True, slots=True)
class CivicMatch:
    """An item that fits an alteration, and how closely in alteration, disease and therapy."""

    item: CivicItem
    known: Known
    fit: Fit
    disease: DiseaseMatch
    therapy: TherapyMatch

    @property
    def supports(self) -> bool:
        """Whether it stands beside a rule as support.

        It says resistance, and either to the cohort's drugs or their class, or in the cohort's disease to a
        drug of their family.
        """
        near = (TherapyMatch.SAME_DRUGS, TherapyMatch.SHARED_DRUG, TherapyMatch.SAME_CLASS)
        fits = self.therapy in near or (
            self.disease is DiseaseMatch.SAME and self.therapy is TherapyMatch.SAME_FAMILY
        )
        return self.item.is_resistance and fits


@dataclass(frozen=True, slots=True)
class Drugs:
    """The knowledge base's drugs: class and family by CIViC's name in lower case."""

    class_of: Mapping[str, str]
    family_of: Mapping[str, str]


def read_civic(path: Path) -> CivicTable:
    """The items on resistance of a CIViC evidence table, plain or gzip.

    Raises:
        KnowledgeBaseError: not a table, damaged, columns of neither generation, or rows cut short.
    """
    header, rows = _rows(path)
    generation = _generation(path, header)
    if not rows:
        raise KnowledgeBaseError(Problem(path, "holds no evidence item", allowed="download the table again"))
    items = []
    counted = 0
    newest = ""
    for row in rows:
        counted += 1
        newest = max(newest, (row.get("last_review_date") or "")[:10])
        if _is_on_resistance(row, generation):
            items.append(_item(row, generation))
    supporting = sum(item.is_resistance for item in items)
    log.info("CIViC %s: %d of %d items support resistance", path, supporting, counted)
    return CivicTable(tuple(items), counted, newest, file_checksum(path))


def _rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        text = read_table_bytes(path, KnowledgeBaseError).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(path, f"cannot be read: {error}", allowed="a CIViC evidence TSV, plain or gzip")
        raise KnowledgeBaseError(problem) from error
    reader = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [name.strip() for name in next(reader, [])]
    rows, problems = [], []
    for line, cells in enumerate(reader, start=2):
        if len(cells) != len(header):
            what = f"has {len(cells)} cells where the header has {len(header)}"
            problems.append(Problem(path, what, line, allowed="download the table again"))
            continue
        rows.append(dict(zip(header, cells, strict=True)))
    if problems:
        raise KnowledgeBaseError(problems[:10])
    return header, rows


def _generation(path: Path, header: Sequence[str]) -> _Generation:
    have = set(header)
    lacking: dict[str, list[str]] = {}
    for generation in _GENERATIONS:
        needed = {*generation.profile, generation.therapies, generation.significance, *_SHARED}
        missing = sorted(needed - have) + ([] if have & set(_CITATION) else [_CITATION[0]])
        if not missing:
            return generation
        lacking[generation.name] = missing
    nearest = min(lacking, key=lambda name: len(lacking[name]))
    what = f"lacks the columns {', '.join(lacking[nearest])} of CIViC's evidence table ({nearest})"
    remedy = "give ClinicalEvidenceSummaries.tsv from civicdb.org/releases"
    raise KnowledgeBaseError(Problem(path, what, line=1, allowed=remedy))


def _is_on_resistance(row: Mapping[str, str], generation: _Generation) -> bool:
    return (
        row["evidence_type"] == "Predictive"
        and row[generation.significance] == "Resistance"
        and row["evidence_status"] == "accepted"
    )


def _item(row: Mapping[str, str], generation: _Generation) -> CivicItem:
    return CivicItem(
        evidence_id=row["evidence_id"],
        profile=" ".join(row[name].strip() for name in generation.profile),
        disease=row["disease"],
        doid=row["doid"],
        therapies=tuple(name.strip() for name in row[generation.therapies].split(",") if name.strip()),
        direction=row["evidence_direction"],
        level=row["evidence_level"],
        rating=row["rating"],
        citation=next(row[name] for name in _CITATION if name in row),
    )


def load_names(path: Path) -> Names:
    """Exons and domains by gene and lower-case CIViC name, from civic_names.tsv."""
    problems: list[Problem] = []
    _, rows = read_rows(path, problems)
    names = {}
    for line, cells in rows:
        span, _, kind = cells["match"].partition(":")
        first, _, last = span.partition("-")
        if not (first.isdigit() and last.isdigit() and kind):
            problems.append(Problem(path, f"{cells['match']!r}", line, "match", "first-last:kind"))
            continue
        names[(cells["gene"], cells["civic_name"].lower())] = Region(int(first), int(last), kind)
    if problems:
        raise KnowledgeBaseError(problems)
    return names


def load_drugs(path: Path) -> Drugs:
    """Classes and families of drugs by CIViC's names, from drugs.tsv."""
    problems: list[Problem] = []
    _, rows = read_rows(path, problems)
    if problems:
        raise KnowledgeBaseError(problems)
    cells = [row for _, row in rows]
    return Drugs(
        class_of={row["civic_name"].lower(): row["drug_class"] for row in cells},
        family_of={row["civic_name"].lower(): row["family"] for row in cells},
    )


def civic_matches(
    table: CivicTable, known: Sequence[Known], *, names: Names, scope: Scope, drugs: Drugs
) -> tuple[CivicMatch, ...]:
    """Every item that fits an alteration of the tumour, best matches first."""
    found = list(_matches(table, known, names=names, scope=scope, drugs=drugs))
    unread = sum(not is_understood(item.profile, names) for item in table.items)
    log.info("CIViC: %d matches; %d of %d profiles not understood", len(found), unread, len(table.items))
    therapies, diseases = list(TherapyMatch), list(DiseaseMatch)
    fits = list(Fit)
    return tuple(
        sorted(
            found,
            key=lambda match: (
                diseases.index(match.disease),
                therapies.index(match.therapy),
                fits.index(match.fit),
                match.item.level,
                int(match.item.evidence_id),
            ),
        )
    )


def _matches(
    table: CivicTable, known: Sequence[Known], *, names: Names, scope: Scope, drugs: Drugs
) -> Iterator[CivicMatch]:
    for item in table.items:
        for index, fit in fits_of(item.profile, known, names).items():
            if known[index].alteration.gene in NEVER_EVIDENCE:
                continue
            yield CivicMatch(
                item=item,
                known=known[index],
                fit=fit,
                disease=disease_match(item, scope),
                therapy=therapy_match(item.therapies, scope, drugs),
            )


def disease_match(item: CivicItem, scope: Scope) -> DiseaseMatch:
    """Whether the item is of the cohort's disease, of cancer at large, or of another."""
    name = item.disease.lower()
    if (scope.doid and item.doid == scope.doid) or name in scope.disease_words:
        return DiseaseMatch.SAME
    return DiseaseMatch.BROADER if name in _BROAD_DISEASES else DiseaseMatch.OTHER


def therapy_match(therapies: Sequence[str], scope: Scope, drugs: Drugs) -> TherapyMatch:
    """How close the item's therapies are to the cohort's drugs; chemotherapy beside them does not count."""
    names = {name.lower() for name in therapies}
    wanted = set(scope.drugs)
    if names == wanted:
        return TherapyMatch.SAME_DRUGS
    if names & wanted:
        return TherapyMatch.SHARED_DRUG
    classes = {drugs.class_of[name] for name in names if name in drugs.class_of}
    families = {drugs.family_of[name] for name in names if name in drugs.family_of}
    if {name.lower() for name in classes} & scope.drug_words:
        return TherapyMatch.SAME_CLASS
    if families & {drugs.family_of[drug] for drug in scope.drugs if drug in drugs.family_of}:
        return TherapyMatch.SAME_FAMILY
    return TherapyMatch.OTHER
