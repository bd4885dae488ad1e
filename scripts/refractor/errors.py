"""Every error that is the user's to mend; anything else is a defect and keeps its traceback."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one input, printed as `file:line column: what is wrong, what is allowed`."""

    file: str | Path
    what: str
    line: int | None = None
    column: str | None = None
    allowed: str | None = None
    patient: str | None = None
    """Whose row it is, where it is a patient's."""
    value: str | None = None
    """What stands in the cell."""

    def __str__(self) -> str:
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        if self.column is not None:
            place += f" {self.column}"
        return f"{place}: {self.what}" + (f"; {self.allowed}" if self.allowed else "")


class ResistanceError(Exception):
    """Base of all errors whose cause is outside the program."""


class InputError(ResistanceError):
    """Input that cannot be used: carries every problem found, not only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class RemoteFileError(InputError):
    """A file at an address that cannot be read; `status` is what the server answered (HTTP), None without an answer."""

    def __init__(self, problem: Problem, status: int | None = None) -> None:
        self.status = status
        super().__init__(problem)


class SheetError(InputError):
    """A sample, patient, assessment or adverse-event sheet that breaks its schema or another sheet."""


class ConfigError(InputError):
    """A configuration or cohort file that breaks its schema."""


class AlignmentError(InputError):
    """A BAM or CRAM that is missing, truncated, without an index, or of another genome build."""


class IdentityError(AlignmentError):
    """Reads that are not of the person, or not of the tissue, that the sheet says."""


class VariantFileError(InputError):
    """A VCF or MAF that is malformed, truncated, ambiguous or of another genome build."""


class CopyNumberFileError(InputError):
    """Output of a copy-number caller that is malformed or not recognised."""


class KnowledgeBaseError(InputError):
    """A row of the knowledge base, or of a CIViC file, that breaks its schema."""


class GivenUpError(ResistanceError):
    """A tumour whose step was killed, by the system or a cluster, is not tried again in this run."""


class TableError(ResistanceError):
    """One of our own tables that breaks its declaration, on reading or before writing."""


_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def is_the_disks_fault(error: BaseException) -> bool:
    """Whether no result can be written either: the disk is full, over its quota, or read-only."""
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK
