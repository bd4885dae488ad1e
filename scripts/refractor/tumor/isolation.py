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
    flow: Callable[[], F], *, without_files: Callable[[], F], failed: Sequence[str], given_up: str | None
) -> F:
    """What `flow` finds of a tumour; where it raises, what `without_files` finds, with the analyses `failed` failed.

    So every table is complete and says that nothing could be assessed, and the other tumours go on. A full disk,
    where nothing can be written, and what fails without the tumour's files too, raise. With `given_up`, the reason
    why an earlier try ended, `flow` is not tried.
    """
    try:
        if given_up is not None:
            raise GivenUpError(given_up)
        return flow()
    except Exception as error:
        if is_the_disks_fault(error):
            raise
        if not isinstance(error, ResistanceError):
            log.exception("not foreseen; the tumour goes on without its files")
        found = without_files()
        for name in failed:
            found.analyses.failed(name, reason_of(error))
        return found


def without(tumor: Tumor, sources: Mapping[str, str]) -> tuple[Tumor, list[str]]:
    """The tumour without its files, the fields that `sources` names, and the analyses of those that were given."""
    given = [name for name in sources if getattr(tumor, name) is not None]
    bare: dict[str, Any] = dict.fromkeys(given)
    return replace(tumor, **bare), [sources[name] for name in given]
