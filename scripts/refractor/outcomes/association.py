"""Mechanisms of resistance against clinical benefit: exact tests, what they could show, and multiplicity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from refractor.results.analysis_tables import ASSOCIATIONS
from refractor.settings.endpoint_rules import AssociationSettings
from refractor.statistics import exact_tests
from refractor.statistics.hypergeometric import fisher
from refractor.vocabulary import EXPLAINING_TIERS, YesNo

Level = Literal["gene", "pathway", "any"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A patient as the tests see one: whose genome could be assessed and whose benefit is known."""

    patient: str
    benefit: bool
    candidates: frozenset[tuple[str, str, str]]
    """Gene, pathway and tier of each candidate mechanism."""

    def carries(self, level: Level, mechanism: str, tiers: Iterable[str] = EXPLAINING_TIERS) -> bool:
        """Whether the tumour has a candidate of these tiers in the gene or pathway, or at all."""
        allowed = set(tiers)
        return any(
            tier in allowed and (level == "any" or mechanism == (gene if level == "gene" else pathway))
            for gene, pathway, tier in self.candidates
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Carriers among patients without and with benefit."""

    carriers_without: int
    without: int
    carriers_with: int
    with_benefit: int

    def cells(self) -> tuple[int, int, int, int]:
        """In the order of refractor.statistics.exact_tests."""
        return self.carriers_without, self.without, self.carriers_with, self.with_benefit


def counts(subjects: Sequence[Subject], level: Level, mechanism: str) -> Counts:
    """How many carry the mechanism, by benefit."""
    carried = [(subject.benefit, subject.carries(level, mechanism)) for subject in subjects]
    return Counts(
        carriers_without=sum(carrier for benefit, carrier in carried if not benefit),
        without=sum(not benefit for benefit, _ in carried),
        carriers_with=sum(carrier for benefit, carrier in carried if benefit),
        with_benefit=sum(benefit for benefit, _ in carried),
    )


def associations_table(
    subjects: Sequence[Subject],
    *,
    pathways: Iterable[str] = (),
    untested: Mapping[str, int] | None = None,
    settings: AssociationSettings | None = None,
) -> pd.DataFrame:
    """ASSOCIATIONS: any R1-R3, each pathway (primary) and each gene that a patient carries.

    `pathways` are those of the rules in scope, listed although nobody carries them; `untested` says in how many
    tumours a rule of a pathway could not be tested, which the note repeats. The
    Benjamini-Hochberg q is among the tests of one level that could reach alpha with their margins at all (Tarone,
    doi:10.2307/2531456): margins say nothing of the association, so that the choice costs nothing.
    """
    chosen = settings or AssociationSettings()
    found = [item for subject in subjects for item in subject.candidates if item[2] in EXPLAINING_TIERS]
    families: dict[Level, list[str]] = {
        "any": ["any R1-R3"],
        "pathway": sorted({pathway for _, pathway, _ in found} | set(pathways)),
        "gene": sorted({gene for gene, _, _ in found}),
    }
    rows: list[dict[str, object]] = []
    for level, mechanisms in families.items():
        family = [
            _row(level, mechanism, counts(subjects, level, mechanism), chosen) for mechanism in mechanisms
        ]
        tested = [row for row in family if row["tested"] == YesNo.YES]
        adjusted = benjamini_hochberg([float(str(row["p_fisher"])) for row in tested])
        for row, q_value in zip(tested, adjusted, strict=True):
            row["q_value"] = q_value
        for row in family if level == "pathway" else ():
            row["note"] = _with_untested(row.get("note"), (untested or {}).get(str(row["mechanism"]), 0))
        rows += sorted(family, key=lambda row: (row.get("p_fisher", 1.0), row["mechanism"]))
    return ASSOCIATIONS.from_rows(rows)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """False-discovery rates in the order given (doi:10.1111/j.2517-6161.1995.tb02031.x)."""
    adjusted = [1.0] * len(p_values)
    least = 1.0
    order = sorted(range(len(p_values)), key=lambda place: -p_values[place])
    for above, place in enumerate(order):
        least = min(least, p_values[place] * len(p_values) / (len(p_values) - above))
        adjusted[place] = least
    return adjusted


def leave_one_out(table: Counts) -> tuple[float, float] | None:
    """The smallest and largest Fisher p when any one patient is left out; None when nobody can be."""
    a, n1, b, n2 = table.cells()
    cells = []
    if a:
        cells.append((a - 1, n1 - 1, b, n2))
    if n1 > a:
        cells.append((a, n1 - 1, b, n2))
    if b:
        cells.append((a, n1, b - 1, n2 - 1))
    if n2 > b:
        cells.append((a, n1, b, n2 - 1))
    values = [fisher(*each) for each in cells if each[1] > 0 and each[3] > 0]
    return (min(values), max(values)) if values else None


def _with_untested(note: object, tumors: int) -> str | None:
    said = [] if note is None else [str(note)]
    if tumors:
        said.append(
            f"a rule of it could not be tested in up to {tumors} tumours of the cohort; where the genome is assessable "
            "otherwise, such a tumour counts as not carrying it"
        )
    return "; ".join(said) or None


def _row(level: Level, mechanism: str, table: Counts, settings: AssociationSettings) -> dict[str, object]:
    cells = table.cells()
    row: dict[str, object] = {
        "level": level,
        "mechanism": mechanism,
        "carriers_without_benefit": table.carriers_without,
        "without_benefit": table.without,
        "carriers_with_benefit": table.carriers_with,
        "with_benefit": table.with_benefit,
        "tested": YesNo.NO,
    }
    if table.without == 0 or table.with_benefit == 0:
        return row | {"note": "not testable: no assessable patient in one of the groups"}
    ratio = exact_tests.odds_ratio(*cells)
    attainable = exact_tests.attainable(*cells)
    tested = attainable <= settings.alpha
    left_out = leave_one_out(table)
    return row | {
        "odds_ratio": ratio.estimate,
        "odds_ratio_low": ratio.low,
        "odds_ratio_high": ratio.high,
        "p_fisher": fisher(*cells),
        "p_fisher_mid": exact_tests.fisher_mid(*cells),
        "p_boschloo": exact_tests.boschloo(*cells),
        "p_attainable": attainable,
        "power": exact_tests.power(
            table.without,
            table.with_benefit,
            share1=settings.share_without_benefit,
            share2=settings.share_with_benefit,
            alpha=settings.alpha,
        ),
        "tested": YesNo.YES if tested else YesNo.NO,
        "p_barnard": exact_tests.barnard(*cells),
        "p_leave_one_out_low": left_out[0] if left_out else None,
        "p_leave_one_out_high": left_out[1] if left_out else None,
        "note": None
        if tested
        else f"no table with these margins reaches {settings.alpha:g}: too few carriers or patients to test",
    }
