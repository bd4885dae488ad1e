"""What became of each analysis of a sample, so that nothing is lost in silence."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from refractor.errors import ResistanceError, is_the_disks_fault
from refractor.results.records import column, record, table_of
from refractor.vocabulary import State

log = logging.getLogger(__name__)


ANALYSES_FILES = ("copy_number_analyses.tsv", "variants_analyses.tsv", "annotation_analyses.tsv")
"""The tables of what was done of a sample, one a step."""


@record
class Analysis:
    """One analysis of one sample and what became of it; every step adds its rows, the manifest is their sum."""

    sample: str = column("Tumour sample")
    analysis: str = column("Which analysis, e.g. tumor_reads, small_variants, copy_number")
    state: State = column("What became of it")
    reason: str = column("Why it was skipped or failed; or what was done with it", default="")


ANALYSES = table_of(Analysis, "analyses.tsv", step="")

IDENTITY_ANALYSIS = "identity"
"""Whether the tumour's files are its patient's; the cohort's verdict takes the place of the tumour's own."""

ANNOTATION_ANALYSIS = "annotation"
"""Whether the last step of a tumour could judge it."""


def identity_failed(analyses: Iterable[Analysis]) -> frozenset[str]:
    """The samples of which those rows (of ANALYSES or MANIFEST) say that they may be another person's."""
    return frozenset(
        one.sample for one in analyses if one.analysis == IDENTITY_ANALYSIS and one.state is State.FAILED
    )


def reason_of(error: Exception) -> str:
    """Why an analysis failed, on one line: our own words, the system's, or those of an error that was not foreseen."""
    match error:
        case ResistanceError():
            return str(error).replace("\n", " | ")
        case OSError(filename=name, strerror=str(words)) if name is not None:
            return f"{name}: {words} while it was read; look whether the file and its disk are sound, run again"
        case MemoryError():
            return "more memory than there is was needed; give the step more, or a smaller file"
        case _:
            words = " ".join(str(error).split())
            return f"{type(error).__name__}: {words}; not foreseen, please report it with the step's log"


class AnalysisLog:
    """Collects done, skipped and failed analyses of one sample for its analyses table.

    With `record_failures` bad input becomes a `failed` row and the step goes on without it;
    otherwise the error is raised again, so that the step ends with exit code 2. `failed_before` are the reasons of
    analyses that failed in an earlier try: what is noted of them now, without their files, is that.
    """

    def __init__(
        self, sample: str, *, record_failures: bool, failed_before: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.sample = sample
        self._failed_before = failed_before
        self._record_failures = record_failures
        self._rows: dict[str, tuple[State, str]] = {}

    def done(self, analysis: str, reason: str = "") -> None:
        """Note that `analysis` was done."""
        self._note(analysis, State.DONE, reason)

    def skipped(self, analysis: str, reason: str) -> None:
        """Note that `analysis` could not apply, and why."""
        self._note(analysis, State.SKIPPED, reason)

    def failed(self, analysis: str, reason: str) -> None:
        """Note that `analysis` met input it could not use, and which."""
        self._note(analysis, State.FAILED, reason)

    @contextmanager
    def attempt(self, analysis: str) -> Iterator[None]:
        """Run a block as `analysis`: failed where it raises, else done unless it was noted otherwise inside."""
        with self.part_of(analysis):
            yield
            if analysis not in self._rows:
                self.done(analysis)

    @contextmanager
    def part_of(self, analysis: str) -> Iterator[None]:
        """Run a block as a part of `analysis`, which fails where the block raises.

        Everything that touches a tumour's own file runs in here or in `attempt`: what no reader foresaw (an input
        or output error, too little memory, a defect that only this file wakes) must not stop the other tumours.
        A full or read-only disk is no fault of the file and is raised.
        """
        try:
            yield
        except Exception as error:
            if not self._record_failures or is_the_disks_fault(error):
                raise
            if not isinstance(error, ResistanceError):
                log.exception("%s %s: not foreseen", self.sample, analysis)
            log.error("%s", error)
            self.failed(analysis, reason_of(error))

    def state(self, analysis: str) -> State | None:
        """What became of `analysis`; None while nothing is known."""
        row = self._rows.get(analysis)
        return None if row is None else row[0]

    def reason(self, analysis: str) -> str:
        """Why; empty while nothing is known."""
        return self._rows.get(analysis, (None, ""))[1]

    def records(self) -> tuple[Analysis, ...]:
        """What became of each analysis, in the order in which they were noted."""
        return tuple(
            Analysis(sample=self.sample, analysis=analysis, state=state, reason=reason)
            for analysis, (state, reason) in self._rows.items()
        )

    def write(self, path: Path, *, synthetic: bool) -> None:
        """Write the rows of the sample as an ANALYSES table."""
        ANALYSES.write_records(self.records(), path, synthetic=synthetic)

    def _note(self, analysis: str, state: State, reason: str) -> None:
        if analysis in self._failed_before:
            state, reason = State.FAILED, self._failed_before[analysis]
        log.info("%s %s: %s%s", self.sample, analysis, state, f" ({reason})" if reason else "")
        self._rows[analysis] = (state, reason)
