"""Where the index of a file lies: of reads after the file's name or in place of its suffix, of variants after it."""

from __future__ import annotations

from pathlib import Path

_VARIANTS = (".tbi", ".csi")


def reads_indexes(path: str | Path, *, is_cram: bool) -> tuple[Path, ...]:
    """Where the index of a BAM or CRAM is looked for, in htslib's order: the first one there is the one that is used."""
    file = Path(path)
    kinds = (".crai",) if is_cram else (".csi", ".bai")
    return tuple(
        base for kind in kinds for base in (file.with_name(file.name + kind), file.with_suffix(kind))
    )


def variants_indexes(path: str | Path) -> tuple[Path, ...]:
    """Where the index of a VCF or BCF is looked for, in order."""
    file = Path(path)
    return tuple(file.with_name(file.name + kind) for kind in _VARIANTS)


def index_beside(path: str | Path, *, is_cram: bool) -> Path | None:
    """The index of a BAM or CRAM; None without one."""
    return next((index for index in reads_indexes(path, is_cram=is_cram) if index.is_file()), None)
