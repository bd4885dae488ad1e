"""Every endpoint of the cohort, declared once: its name in the tables, who counts, and what of a patient is counted.

A new one is an entry here, and a field of Member where what it needs is not there yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from refractor.outcomes.members import Member

Duration = tuple[float, int]
"""Days, and 1 for the event or 0 for censoring."""


@dataclass(frozen=True, slots=True)
class ShareEndpoint:
    """An endpoint that a patient reaches or not: its share among the patients whose outcome is decided.

    `reached` is None where it is not known; who is decided and not known to have reached it has not shown it.
    """

    name: str
    reached: Callable[[Member], bool | None]
    by_stages: bool = False
    """Whether the two-stage design estimates it."""


@dataclass(frozen=True, slots=True)
class TimeEndpoint:
    """A time to an event, in days. `key` is its name in survival.tsv, `group` who counts, `who` those in words."""

    key: str
    name: str
    duration: Callable[[Member], Duration | None]
    group: Callable[[Member], bool] = lambda _: True
    who: str = "evaluable patients"
    by_benefit: bool = False
    """Whether it is compared by benefit, from the landmark on."""


def _of(key: str) -> Callable[[Member], Duration | None]:
    return lambda member: member.durations.get(key)


CLINICAL_BENEFIT = ShareEndpoint("clinical benefit", lambda member: member.benefit, by_stages=True)
OBJECTIVE_RESPONSE = ShareEndpoint("objective response", lambda member: member.responded, by_stages=True)
STABLE_WITH_BENEFIT = ShareEndpoint("stable disease with benefit", lambda member: member.stable_with_benefit)

SHARE_ENDPOINTS = (CLINICAL_BENEFIT, OBJECTIVE_RESPONSE, STABLE_WITH_BENEFIT)

TIME_ENDPOINTS = (
    TimeEndpoint("pfs", "progression-free survival", _of("pfs"), by_benefit=True),
    TimeEndpoint("os", "overall survival", _of("os"), by_benefit=True),
    TimeEndpoint(
        "duration_of_response",
        "duration of response",
        _of("duration_of_response"),
        group=lambda member: bool(member.responded),
        who="patients with an objective response",
    ),
    TimeEndpoint(
        "duration_of_benefit",
        "duration of clinical benefit",
        _of("pfs"),  # from the start of treatment to progression or death (doi:10.1038/s41586-019-1600-x)
        group=lambda member: bool(member.benefit),
        who="patients with clinical benefit",
    ),
)
