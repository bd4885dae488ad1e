"""A finished platform trial held against the truth that it was made from (truth.tsv)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.vocabulary import EXPLAINING_TIERS
from synthetic.scoring import Verdict

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlatformScore:
    """Every verdict with its truth, and in how many cohorts the true rate of benefit lies in each interval."""

    verdicts: tuple[Verdict, ...]
    cohorts: int
    in_exact: int
    in_shared: int

    @property
    def misses(self) -> tuple[str, ...]:
        """What was missed, in words."""
        return tuple(missed for one in self.verdicts if (missed := one.missed) is not None)

    def text(self) -> str:
        """The score in lines."""
        missed = Counter(one.quantity for one in self.verdicts if one.missed is not None)
        told = Counter(one.quantity for one in self.verdicts)
        lines = [f"{name}: {told[name] - missed[name]} of {told[name]} as the truth" for name in told]
        return "\n".join(
            [
                *lines,
                f"true rate of benefit inside the exact 95 % interval: {self.in_exact} of {self.cohorts} cohorts",
                f"inside the 95 % range of the shared rates: {self.in_shared} of {self.cohorts} cohorts",
            ]
        )


def score_platform(trial: Path) -> PlatformScore:
    """The results of the trial in `trial` against its truth.tsv."""
    truth = _rows(trial / "truth.tsv")
    results = trial / "results"
    overview = {row["cohort"]: row for row in _rows(results / "platform" / "cohorts.tsv")}
    rates = {row["cohort"]: float(row["benefit_rate"]) for row in truth}
    verdicts = [one for cohort in rates for one in _verdicts(cohort, truth, results / "cohorts" / cohort)]
    verdicts += [_counted(cohort, truth, overview[cohort]) for cohort in rates]
    inside = [
        sum(
            float(overview[cohort][f"{name}_low"]) <= rate <= float(overview[cohort][f"{name}_high"])
            for cohort, rate in rates.items()
        )
        for name in ("benefit", "benefit_pooled")
    ]
    return PlatformScore(tuple(verdicts), len(rates), inside[0], inside[1])


def _verdicts(cohort: str, truth: Sequence[Row], folder: Path) -> Iterator[Verdict]:
    """Target, candidates and benefit of each patient of a cohort."""
    patients = {row["patient"]: row for row in _rows(folder / "cohort" / "patients.tsv")}
    rules: dict[str, set[str]] = {}
    for row in _rows(folder / "cohort" / "candidates.tsv"):
        if row["tier"] in EXPLAINING_TIERS:
            rules.setdefault(row["patient"], set()).add(row["rule_id"])
    for row in truth:
        if row["cohort"] != cohort:
            continue
        name = row["patient"]
        found = patients.get(name, {})
        yield Verdict(name, "clinical benefit", found.get("clinical_benefit"), row["clinical_benefit"])
        if row["sample"]:
            yield Verdict(name, "target", found.get("target_result"), row["target_result"])
            told = ";".join(sorted(rules.get(name, ())))
            yield Verdict(name, "candidates", told or None, row["rule"] or None)


def _counted(cohort: str, truth: Sequence[Row], found: Row) -> Verdict:
    benefits = [row["clinical_benefit"] for row in truth if row["cohort"] == cohort]
    expected = f"{benefits.count('yes')} of {len(benefits)}"
    return Verdict(
        cohort, "cohort's benefit", f"{found['with_benefit']} of {found['benefit_known']}", expected
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
