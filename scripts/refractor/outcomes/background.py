r"""Carriers in the cohort beside what a reference cohort would bring: how much of a finding is only frequent.

Of n patients that were tested for a set of rules, as many carriers are expected as n times the prevalence a / m of the
reference cohort. With Jeffreys' prior on the prevalence the number foretold is beta-binomial,

    X ~ BetaBinomial(n, a + 1/2, m - a + 1/2),

whose range and tail carry the size of the reference cohort. For decoys X is averaged over the sets of random genes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from refractor.outcomes.members import Member
from refractor.results.analysis_tables import Background
from refractor.results.background_tables import NOT_ASSESSABLE, DecoySet, Prevalence
from refractor.statistics.expected_count import expected_count
from refractor.statistics.hypergeometric import log_choose
from refractor.vocabulary import Result

Floats = NDArray[np.float64]
FEWEST_ELIGIBLE = 20
"""Eligible tumours from which the cohort is held against them rather than against all (our choice)."""


def beta_binomial(n: int, carriers: int, tested: int) -> Floats:
    """Probabilities of 0..n carriers among n patients, after `carriers` of `tested` in the reference; shape (n + 1,)."""
    x = np.arange(n + 1)
    a, b = carriers + 0.5, tested - carriers + 0.5
    logs = log_choose(n, x) + betaln(x + a, n - x + b) - betaln(a, b)
    return np.asarray(np.exp(logs))


def background_rows(
    members: Sequence[Member], prevalences: Sequence[Prevalence], decoys: Sequence[DecoySet]
) -> Iterator[Background]:
    """BACKGROUND: each rule that can explain, each mechanism, all of them, and the random genes; both groups of patients.

    Of a reference cohort that could not be read one row says why.
    The reference is the eligible tumours where there are FEWEST_ELIGIBLE of them, else all.
    """
    studies: dict[str, Prevalence] = {row.group: row for row in prevalences if row.level == "study"}
    if not studies:
        return
    unread = studies["all"].note or ""
    if unread.startswith(NOT_ASSESSABLE):
        yield Background(level="any", patients_group="no_benefit", reference_group="all", note=unread)
        return
    eligible = studies["eligible"].tested or 0
    group = "eligible" if eligible >= FEWEST_ELIGIBLE else "all"
    note = studies[group].note
    decided = [member for member in members if member.decided and member.assessable]
    for benefit in (False, True):
        patients = [member for member in decided if member.benefit is benefit]
        for row in prevalences:
            if row.group == group and row.level != "study":
                yield from _row(row, patients, benefit=benefit, note=note)
        sets = [one for one in decoys if one.group == group]
        whole = next((row for row in prevalences if row.level == "any" and row.group == group), None)
        if sets and whole is not None:
            yield _decoy_row(sets, whole, patients, benefit=benefit)


def _row(
    row: Prevalence, patients: Sequence[Member], *, benefit: bool, note: str | None
) -> Iterator[Background]:
    """One rule or set of rules; none for a rule that the cohort did not look at, which explains nothing."""
    rules = [row.rule_id] if row.rule_id else (row.rules or "").split(",")
    if not any(rule in member.answers for member in patients for rule in rules if rule):
        return
    carriers, tested = carriers_of(patients, [rule for rule in rules if rule])
    if row.tested:
        found = Background(
            level=row.level,  # type: ignore[arg-type]
            patients_group="benefit" if benefit else "no_benefit",
            reference_group=row.group,
            rule_id=row.rule_id,
            gene=row.gene,
            mechanism=row.mechanism,
            prevalence=row.prevalence,
            prevalence_low=row.low,
            prevalence_high=row.high,
            reference_tumors=row.tested,
            patients=tested,
            carriers=carriers,
            note=note if row.level == "any" else None,
        )
        yield _foretold(found, beta_binomial(tested, row.carriers or 0, row.tested), carriers)


def _foretold(row: Background, chances: Floats, carriers: int) -> Background:
    """The row with what the chances of 0, 1, 2 ... carriers say beside the number found."""
    said = expected_count(chances, carriers)
    return replace(
        row,
        expected=said.expected,
        expected_low=said.low,
        expected_high=said.high,
        excess=carriers - said.expected,
        p_excess=said.p,
    )


def carriers_of(patients: Sequence[Member], rules: Sequence[str]) -> tuple[int, int]:
    """Carriers of any of the rules, and patients in whom one was found or all were denied."""
    carriers = tested = 0
    for member in patients:
        results = {
            member.answers[rule].result if rule in member.answers else Result.NOT_TESTED for rule in rules
        }
        carriers += Result.FOUND in results
        tested += Result.FOUND in results or results <= {Result.NOT_FOUND}
    return carriers, tested


def _decoy_row(
    sets: Sequence[DecoySet], whole: Prevalence, patients: Sequence[Member], *, benefit: bool
) -> Background:
    """Any of the random genes: the number foretold, averaged over the sets, beside the carriers of the rules."""
    carriers, tested = carriers_of(patients, (whole.rules or "").split(","))
    chances = np.mean([beta_binomial(tested, one.carriers, one.tumors) for one in sets], axis=0)
    shares = [one.carriers / one.tumors for one in sets if one.tumors]
    row = Background(
        level="decoys",
        patients_group="benefit" if benefit else "no_benefit",
        reference_group=whole.group,
        mechanism=whole.mechanism,
        prevalence=float(np.mean(shares)),
        prevalence_low=float(np.quantile(shares, 0.025)),
        prevalence_high=float(np.quantile(shares, 0.975)),
        reference_tumors=sets[0].tumors,
        patients=tested,
        carriers=carriers,
        note=f"{len(sets)} sets of random genes, each altered as often in the reference cohort as its rule is met",
    )
    return _foretold(row, chances, carriers)
