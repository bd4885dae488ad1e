"""Names that files give their sample by themselves, against the rows of the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractor.identity.snp_counts import SampleAlleles


def names_of_other_rows(
    found: Mapping[str, Sequence[SampleAlleles]], patient_of: Mapping[str, str]
) -> dict[str, str]:
    """For each sample one of whose files names another row's sample or patient and not its own: which, in words.

    A name that no row has says nothing: laboratories name their files as they like.
    """
    rows_of = {patient: sample for sample, patient in patient_of.items()} | {
        sample: sample for sample in patient_of
    }
    told: dict[str, str] = {}
    for sample, parts in found.items():
        own = {sample, patient_of[sample]}
        doubts = [
            f"{column} names {name}, which is {rows_of[name]} of patient {patient_of[rows_of[name]]}"
            for part in parts
            for column, names in part.written_names.items()
            if not own & set(names)
            for name in names
            if name in rows_of and patient_of[rows_of[name]] != patient_of[sample]
        ]
        if doubts:
            told[sample] = "; ".join(doubts)
    return told
