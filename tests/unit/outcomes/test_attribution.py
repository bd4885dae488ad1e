"""How much a finding explains: the arithmetic by hand, and what may never happen."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from refractor.errors import KnowledgeBaseError
from refractor.evidence.knowledge.published_tables import PublishedTable, load_published_tables
from refractor.outcomes.association import Counts
from refractor.outcomes.attribution import (
    ANY,
    PRIORS,
    attributions,
    excess_fraction,
    own_counts,
    weigh,
)
from refractor.outcomes.explanation import Mechanism
from refractor.results.analysis_tables import ATTRIBUTION, Association
from refractor.statistics.shrunken_odds import THETA, OddsPrior, TwoByTwo

FLAT = OddsPrior(mean_sd=50.0, spread_scale=50.0, between_studies=0.0)
ASSOCIATIONS = [
    Association(
        level=level, mechanism=mechanism,
        carriers_without_benefit=counts.carriers_without, without_benefit=counts.without,
        carriers_with_benefit=counts.carriers_with, with_benefit=counts.with_benefit,
        untested_without_benefit=0, untested_with_benefit=0, tested=True,
    )
    for level, mechanism, counts in (
        ("any", "any R1-R3", Counts(3, 10, 1, 9)),
        ("pathway", "MAPK", Counts(2, 10, 0, 9)),
        ("pathway", "PI3K", Counts(0, 4, 1, 3)),
        ("gene", "KRAS", Counts(2, 10, 0, 9)),
    )
]  # fmt: skip


def member(
    patient: str,
    benefit: bool | None,
    *candidates: tuple[str, str, str],
    evaluable: bool = True,
    own_shares: dict[str, float] | None = None,
) -> SimpleNamespace:
    """What attribution reads of a member."""
    return SimpleNamespace(
        patient=patient,
        benefit=benefit,
        evaluable=evaluable,
        candidates=frozenset(Mechanism(*each) for each in candidates),
        own_shares=own_shares or {},
    )


def published(events_with: int, with_it: int, events_without: int, without: int) -> PublishedTable:
    return PublishedTable(
        "a study", "MAPK", TwoByTwo(events_with, with_it, events_without, without), "PD", "here"
    )


def test_the_excess_fraction_by_hand() -> None:
    """MyPathway: 12 of 13 mutated and 26 of 43 wild-type tumours without a response.

    theta = log(12 x 17 / (1 x 26)) = log 7.846; p0 = 26/43, p1 = 12/13: (p1 - p0) / p1 = 1 - (26 x 13) / (43 x 12)
    = 0.345, and (1 - p0)(1 - 1/7.846) = 17/43 x 0.8725 = 0.345.
    """
    base = 26 / 43
    found = excess_fraction(np.array(math.log(12 * 17 / 26)), np.array(base))
    assert float(found) == pytest.approx(1 - (26 * 13) / (43 * 12))
    assert float(found) == pytest.approx(0.345, abs=5e-4)


def test_a_finding_that_goes_with_benefit_accounts_for_nothing() -> None:
    assert float(excess_fraction(np.array(-1.0), np.array(0.3))) == 0


@pytest.mark.parametrize("counts", [(12, 13, 26, 43), (8, 18, 18, 112)])
def test_two_published_tables_with_many_patients_and_a_flat_prior_give_the_crude_figures(
    counts: tuple[int, int, int, int],
) -> None:
    """A thousand times the patients: the posterior closes on log(ad / bc), the fraction on the crude one."""
    many = TwoByTwo(*(1000 * n for n in counts))
    a, n1, c, n0 = counts
    weights = weigh({ANY: TwoByTwo(0, 0, many.events_without, many.without_property)},
                    [PublishedTable("s", "MAPK", many, "PD", "here")], FLAT)  # fmt: skip
    crude = a * (n0 - c) / ((n1 - a) * c)
    assert weights.odds_ratio("MAPK").mean == pytest.approx(crude, rel=0.06)
    assert weights.no_benefit("MAPK").mean == pytest.approx(a / n1, abs=0.01)
    assert weights.accounted("MAPK").mean == pytest.approx(1 - (c / n0) / (a / n1), abs=0.01)


def test_it_never_accounts_for_more_than_those_who_would_have_had_benefit() -> None:
    weights = weigh({ANY: TwoByTwo(5, 5, 80, 100)}, [published(500, 500, 0, 500)], FLAT)
    assert weights.odds.of("MAPK") @ THETA > 5
    assert weights.accounted("MAPK").mean == pytest.approx(0.2, abs=0.02)


def test_own_counts_are_of_the_patients_that_were_tested() -> None:
    own = own_counts(ASSOCIATIONS)
    assert own == {ANY: TwoByTwo(3, 4, 7, 15), "MAPK": TwoByTwo(2, 2, 8, 17), "PI3K": TwoByTwo(0, 1, 4, 6)}


def test_the_table_has_each_mechanism_patient_and_the_cohort_per_prior() -> None:
    kras, pik3ca = ("KRAS", "MAPK", "R1"), ("PIK3CA", "PI3K", "R2")
    members = [
        member("P1", False, kras),
        member("P2", False, pik3ca, kras),
        member("P3", True, pik3ca),
        member("P4", False, ("CCND1", "cell_cycle", "R4")),
        member("P5", False, kras, evaluable=False),
        member("P6", None, kras),
    ]
    table = ATTRIBUTION.frame(attributions(members, ASSOCIATIONS, [published(12, 13, 26, 43)]))
    assert len(table) == len(PRIORS) * (2 + 2 + 1)
    used = table[table["prior"] == "default"].set_index("level")
    assert list(used.loc["patient", "patient"]) == ["P1", "P2"]
    assert list(used.loc["patient", "mechanism"]) == ["MAPK", "MAPK"], "the largest fraction, counted once"
    fraction = used.loc["mechanism"].set_index("mechanism").loc["MAPK", "accounted"]
    cohort = used.loc["cohort"]
    assert cohort["found"] == 2
    assert float(cohort["accounted"]) == pytest.approx(2 * float(fraction), rel=0.05)
    assert (
        0
        <= float(cohort["accounted_low"])
        < float(cohort["accounted"])
        < float(cohort["accounted_high"])
        <= 2
    )
    by_prior = table[table["level"] == "cohort"].set_index("prior")["accounted"].astype(float)
    assert by_prior["sceptical"] < by_prior["default"] < by_prior["wide"]


def test_a_mutation_that_hypermutation_brings_weighs_less() -> None:
    """ERBB2 is mutated 5.13 times as often under instability: 1 / 5.13 of such mutations are no passengers."""
    erbb2 = ("ERBB2", "ERBB2_mutation", "R1")
    share = 1 / 5.13
    whole = [member("P1", False, erbb2)]
    part = [member("P1", False, erbb2, own_shares={"ERBB2_mutation": share})]
    for name in PRIORS:
        (stable, unstable), (total, less) = (
            [
                next(
                    row
                    for row in attributions(members, ASSOCIATIONS, [])
                    if (row.level, row.prior) == (level, name)
                )
                for members in (whole, part)
            ]
            for level in ("patient", "cohort")
        )
        assert (stable.own_share, unstable.own_share) == (None, share)
        for column in ("accounted", "accounted_low", "accounted_high"):
            assert getattr(unstable, column) == pytest.approx(getattr(stable, column) * share)
            assert getattr(less, column) == pytest.approx(getattr(total, column) * share)
    other = member("P1", False, erbb2, ("KRAS", "MAPK", "R1"), own_shares={"ERBB2_mutation": share})
    row = next(row for row in attributions([other], ASSOCIATIONS, []) if row.level == "patient")
    assert (row.mechanism, row.own_share) == ("MAPK", None)


def test_prior_predictions_are_spread_over_what_is_possible() -> None:
    """With no table at all P(no benefit | finding) centres on the base rate and excludes little."""
    weights = weigh({ANY: TwoByTwo(0, 0, 50, 100)}, [])
    found = weights.no_benefit("anything")
    assert found.mean == pytest.approx(0.5, abs=0.02)
    assert found.low < 0.1 and found.high > 0.9


def test_the_shipped_tables_name_known_mechanisms_and_sources() -> None:
    tables = load_published_tables()
    assert len(tables) >= 5
    known = {
        line.split("\t")[0]
        for line in (Path(__file__).parents[3] / "resources" / "evidence" / "mechanisms.tsv")
        .read_text()
        .splitlines()
    }
    assert {table.mechanism for table in tables} <= known
    assert all(table.source for table in tables)


def test_every_fault_of_a_user_table_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tables.tsv"
    header = "study\tmechanism\talteration\tdrugs\tdisease\tevent\tevents_with\twith_finding\tevents_without\twithout_finding\tsource\tnote\n"
    path.write_text(
        header + "a\tMAPK\tx\td\tc\tPD\t3\t2\t1\t4\there\t\n" + "b\tMAPK\tx\td\tc\tPD\t-1\t2\t1\t4\t\t\n",
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeBaseError) as error:
        load_published_tables(path)
    assert [(p.line, p.column) for p in error.value.problems] == [
        (2, "events_with"),
        (3, "source"),
        (3, "events_with"),
    ]
