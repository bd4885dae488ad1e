"""What was acquired, lost or kept between the sample before treatment and later ones.

That an alteration is not listed in a sample does not mean that it was not there: "absent" is said only where the sample
would have shown it. For a small variant that is a codon with the wanted power, and a fraction above what was detectable
there (between plasma and tissue a share of cancer cells, as their allele fractions differ by the tumour fraction); for
everything else, a rule that was looked for and not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refractor.results.biopsy_tables import AlterationOverTime, Change, FoundIn
from refractor.results.evidence_tables import ALTERATIONS, RULES, ReportedAlteration, ReportedRule
from refractor.results.variant_tables import CODON_STATUS, CodonStatus
from refractor.sheets import SampleRow
from refractor.vocabulary import Status, Timepoint

_SMALL = ("snv", "mnv", "insertion", "deletion", "delins", "protein_change")
_CODON = re.compile(r"[A-Z*]([0-9]+)")


@dataclass(frozen=True, slots=True)
class SampleFindings:
    """What one sample showed and could have shown."""

    sample: str
    alterations: Mapping[tuple[str, str], ReportedAlteration]
    rules: Mapping[str, ReportedRule]
    codons: Mapping[tuple[str, int], CodonStatus]
    is_plasma: bool = False

    @classmethod
    def of_folder(cls, row: SampleRow, folder: Path) -> SampleFindings:
        """Read from results/samples/{sample}; of an alteration with several rules the first, which is the strongest."""
        found: dict[tuple[str, str], ReportedAlteration] = {}
        for one in ALTERATIONS.records(folder / ALTERATIONS.name):
            found.setdefault((one.gene, one.alteration), one)
        return cls(
            row.sample,
            found,
            {one.rule_id: one for one in RULES.records(folder / RULES.name)},
            {(one.gene, one.codon): one for one in CODON_STATUS.records(folder / CODON_STATUS.name)},
            row.is_plasma,
        )


def changes_of(
    samples: Sequence[SampleRow], chosen: Mapping[str, SampleRow | None], folders: Mapping[str, Path]
) -> Iterator[AlterationOverTime]:
    """Every alteration of every patient with a sample before treatment and a later one, by patient and later sample.

    `chosen` is the sample that stands for each patient, `folders` those of the samples that can be read.
    """
    for row in samples:
        before = chosen.get(row.patient)
        if row.before_treatment or before is None or not {row.sample, before.sample} <= set(folders):
            continue
        first = SampleFindings.of_folder(before, folders[before.sample])
        later = SampleFindings.of_folder(row, folders[row.sample])
        for key in dict.fromkeys((*first.alterations, *later.alterations)):
            yield _change(row, first, later, key)


def _change(
    row: SampleRow, first: SampleFindings, later: SampleFindings, key: tuple[str, str]
) -> AlterationOverTime:
    had, has = first.alterations.get(key), later.alterations.get(key)
    shown = has or had
    if shown is None:
        raise ValueError(f"{key} is in neither sample")
    power: float | None = None
    if had is not None and has is not None:
        change, reason = Change.KEPT, "found in both"
    else:
        absent_in, found_in = (first, later) if had is None else (later, first)
        seen, power, reason = _would_have_shown(
            shown, absent_in, same_material=absent_in.is_plasma == found_in.is_plasma
        )
        change = Change.NOT_COMPARABLE
        if seen:
            change = Change.ACQUIRED if had is None else Change.LOST
    return AlterationOverTime(
        patient=row.patient,
        before=first.sample,
        after=later.sample,
        timepoint=Timepoint(str(row.timepoint)),
        gene=key[0],
        alteration=key[1],
        rule_id=shown.rule_id,
        tier=shown.tier,
        change=change,
        found_in=FoundIn.LATER if had is None else FoundIn.BEFORE if has is None else FoundIn.BOTH,
        vaf_before=None if had is None else had.vaf,
        vaf_after=None if has is None else has.vaf,
        copies_before=None if had is None else had.copy_number,
        copies_after=None if has is None else has.copy_number,
        power=power,
        reason=reason,
    )


def _would_have_shown(
    one: ReportedAlteration, absent_in: SampleFindings, *, same_material: bool
) -> tuple[bool, float | None, str]:
    """Whether a sample without the alteration would have shown it, its power, and why."""
    where = f"in {absent_in.sample}"
    match = _CODON.match(one.alteration)
    codon = absent_in.codons.get((one.gene, int(match[1]))) if match and one.kind in _SMALL else None
    if codon is not None:
        return _by_codon(one, codon, where, same_material=same_material)
    rule = None if one.rule_id is None else absent_in.rules.get(one.rule_id)
    if rule is None or rule.result == "not_tested":
        why = "no rule looks for it" if rule is None else rule.reason or "it could not be looked for"
        return False, None, f"{where}: {why}"
    if one.kind in _SMALL:
        return False, None, f"{where}: how well this codon was seen is not known"
    return True, None, f"{where}: looked for and not found"


def _by_codon(
    one: ReportedAlteration, codon: CodonStatus, where: str, *, same_material: bool
) -> tuple[bool, float | None, str]:
    if codon.status is Status.NOT_ASSESSABLE:
        return (
            False,
            codon.power,
            f"{where}: the codon is not assessable, {codon.reason or 'too little was seen'}",
        )
    limit, at = codon.smallest_detectable_ccf, one.ccf
    if limit is None or at is None:
        if not same_material and codon.smallest_detectable_vaf is not None:
            why = "allele fractions of plasma and tissue cannot be compared, and the share of cancer cells is not known"
            return False, codon.power, f"{where}: {why}"
        limit, at = codon.smallest_detectable_vaf, one.vaf
    if limit is not None and at is not None and at < limit:
        return False, codon.power, f"{where}: nothing below {limit:.3g} would have been seen, it has {at:.3g}"
    return True, codon.power, f"{where}: the codon was assessable and does not have it"
