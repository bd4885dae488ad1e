"""One tumour's fault stays with that tumour: what no attempt caught ends in its `failed` analyses, not in the run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from refractor.errors import GivenUpError, ResistanceError, is_the_disks_fault
from refractor.results.analyses import AnalysisLog, reason_of
from refractor.tumor.inputs import Tumor

log = logging.getLogger(__name__)


class _Found(Protocol):
    """What a flow gives: it says what became of each analysis."""

    @property
    def analyses(self) -> AnalysisLog: ...


F = TypeVar("F", bound=_Found)


def isolated(
    flow: Callable[[Tumor, Mapping[str, str]], F],
    tumor: Tumor,
    *,
    sources: Mapping[str, str],
    step: str,
    record_failures: bool,
    given_up: str | None,
    also: Sequence[str] = (),
) -> F:
    """What `flow` finds of a tumour; where it raises, what it finds without the tumour's files, with these failed.

    `flow` takes a tumour and the reasons of analyses that failed before. `sources` are the fields of `tumor` that name files, each with its analysis; those of `also` fail with them, and `step`
    does where there is none of either. So every table is complete and says that nothing could be assessed, and the other tumours go on. A
    full disk, where nothing can be written, and what fails without the tumour's files too, raise, as all does where
    failures are not recorded. With `given_up`, the reason why an earlier try ended, `flow` is not tried with them.
    """
    if not record_failures and given_up is None:
        return flow(tumor, {})
    try:
        if given_up is not None:
            raise GivenUpError(given_up)
        return flow(tumor, {})
    except Exception as error:
        if is_the_disks_fault(error):
            raise
        if not isinstance(error, ResistanceError):
            log.exception("not foreseen; the tumour goes on without its files")
        bare, failed = without(tumor, sources)
        reasons = dict.fromkeys([*failed, *also] or [step], reason_of(error))
        found = flow(bare, reasons)
        for name, reason in reasons.items():
            found.analyses.failed(name, reason)
        return found


def without(tumor: Tumor, sources: Mapping[str, str]) -> tuple[Tumor, list[str]]:
    """The tumour without its files, the fields that `sources` names, and the analyses of those that were given."""
    given = [name for name in sources if getattr(tumor, name) is not None]
    bare: dict[str, Any] = dict.fromkeys(given)
    return replace(tumor, **bare), [sources[name] for name in given]
