"""Checks of the files that the samples name: usable, and none that plays two parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from refractor.files.future_dates import TOLERANCE_SECONDS, date_fault
from refractor.files.listed import files_of
from refractor.settings.schemas import load_schema
from refractor.sheets.checks import Check, Finding, Level, Sheets
from refractor.sheets.files_beside import files_beside
from refractor.sheets.sheet_rows import SampleRow

SEVERAL_FILES = frozenset({"copy_number"})
"""Columns whose cell may name several files, separated by `;`."""

_READS = ("tumor_reads", "normal_reads")
_PARTS = "._-"
_MOST_PARTS = 12
_ROWS_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Use:
    """One cell that names a file."""

    row: SampleRow
    column: str
    path: str

    @property
    def place(self) -> str:
        return f"{self.column} of line {self.row.line} ({self.row.sample})"


def file_columns() -> dict[str, bool]:
    """The columns of the samples that name files, and whether the file is one of reads, with an index."""
    columns = load_schema("samples")["properties"].items()
    return {name: column["x-file"] == "reads" for name, column in columns if "x-file" in column}


def files_are_usable(sheets: Sheets) -> Iterator[Finding]:
    """A file that does not exist, is a directory, is empty or cannot be read; reads that are
    neither BAM nor CRAM, have no index (x.bam.bai, x.bai, x.bam.csi, x.csi; x.cram.crai, x.crai) or one that is older
    than they. Addresses (http://, https://, s3://, gs://, az://) are left to the step that reads them."""
    files = sheets.files
    for column, with_index in file_columns().items():
        for row in sheets.samples.sound(column):
            for path in paths_in(column, getattr(row, column)):
                fault = files.fault(path, with_index=with_index)
                if fault:
                    yield Finding(row, column, *fault)


def files_are_of_the_past(sheets: Sheets) -> Iterator[Finding]:
    """A file that is dated in the future, or one that is found beside it: an index, a caller's purity, LINX's tables. It
    is read all the same; a change of it is told by its date and size."""
    told: set[str] = set()
    for column, with_index in file_columns().items():
        for use in _uses(sheets, column):
            if sheets.files.fault(use.path, with_index=with_index):  # said elsewhere
                continue
            for path in map(str, (use.path, *files_beside(use.row, (column,)))):
                fault = None if path in told else date_fault(path, by=TOLERANCE_SECONDS)
                told.add(path)
                if fault is not None:
                    yield Finding(use.row, column, *fault)


def tumor_is_not_normal(sheets: Sheets) -> Iterator[Finding]:
    """Reads that are tumor_reads of one row and normal_reads of the same or another."""
    files = sheets.files
    tumors = {files.identity(use.path): use for use in reversed(list(_uses(sheets, "tumor_reads")))}
    for use in _uses(sheets, "normal_reads"):
        tumor = tumors.get(files.identity(use.path))
        if tumor is not None:
            whose = "tumor_reads of the same row" if tumor.row is use.row else tumor.place
            yield Finding(use.row, use.column, f"'{use.path}' is {whose} too", "give the normal's own reads")


def file_of_one_sample(sheets: Sheets) -> Iterator[Finding]:
    """A file given for two samples as tumor_reads, structural_variants, or copy_number (but for a table with a column of
    tumours' names, as SEG files have). Files are compared by what they are, not by name: a link to a file is that file."""
    for column in ("tumor_reads", "structural_variants", "copy_number"):
        for first, use in _shared(sheets, column):
            if column != "copy_number" or not sheets.files.names_tumors(use.path):
                what = f"'{use.path}' is {first.place} too"
                yield Finding(use.row, column, what, "give each sample its own file")


def shared_variants_are_told_apart(sheets: Sheets) -> Iterator[Finding]:
    """A file given for two samples as small_variants without small_variants_sample on both rows, or with the same. In a
    MAF of many tumours, told by Tumor_Sample_Barcode, an empty small_variants_sample is the sample's own name."""
    for first, use in _shared(sheets, "small_variants"):
        of_many = sheets.files.names_tumors(use.path)
        names = [
            row.small_variants_sample or (row.sample if of_many else None) for row in (first.row, use.row)
        ]
        if None in names or names[0] == names[1]:
            what = f"'{use.path}' is {first.place} too"
            yield Finding(use.row, use.column, what, "name each sample's column in small_variants_sample")


def normal_of_one_patient(sheets: Sheets) -> Iterator[Finding]:
    """A file given as normal_reads of two patients."""
    for first, use in _shared(sheets, "normal_reads"):
        if first.row.patient != use.row.patient:
            what = f"'{use.path}' is {first.place} too, of patient {first.row.patient}"
            yield Finding(
                use.row, use.column, what, "give each patient's own normal, or leave the cell empty"
            )


def copies_of_one_file(sheets: Sheets) -> Iterator[Finding]:
    """Files of several patients whose contents are equal under different names, whether packed by gzip or bgzip or not,
    with whichever line ends, and whatever the ## lines of their headers say: one question for each content, at the second
    row that has it. BAM and CRAM are compared byte for byte here, by their genotypes in every run."""
    files = sheets.files
    for column in file_columns():
        maybe = _by(files.start, _uses(sheets, column))
        alike = [same for uses in maybe for same in _by(files.content, uses)]
        for first, *later in alike:
            others = [use for use in later if _is_anothers_copy(sheets, first, use)]
            if others:
                use, *more = others
                what = f"'{use.path}' has the same content as {first.place}, of patient {first.row.patient}"
                yield Finding(use.row, column, what + _and_rows(more), "is it this patient's file?")


def _by(tell: Callable[[str], object], uses: Iterable[_Use]) -> list[list[_Use]]:
    """Those of several patients whose files share what is told of each."""
    groups: dict[object, list[_Use]] = {}
    for use in uses:
        if (told := tell(use.path)) is not None:
            groups.setdefault(told, []).append(use)
    return [same for same in groups.values() if len({use.row.patient for use in same}) > 1]


def _is_anothers_copy(sheets: Sheets, first: _Use, use: _Use) -> bool:
    identity = sheets.files.identity
    return first.row.patient != use.row.patient and identity(first.path) != identity(use.path)


def _and_rows(more: list[_Use]) -> str:
    """Of further rows with one content; the first few by name, as a list of all regions may be everybody's."""
    if not more:
        return ""
    named = ", ".join(use.row.sample for use in more[:_ROWS_NAMED])
    return f", and so {'has' if len(more) == 1 else 'have'} {named}" + (
        f" and {len(more) - _ROWS_NAMED} more" if len(more) > _ROWS_NAMED else ""
    )


def file_named_for_another_sample(sheets: Sheets) -> Iterator[Finding]:
    """A file whose name has the name of another row's sample in it, or of another patient, and not its own row's."""
    owners = {row.patient: row.patient for row in sheets.samples.rows}
    owners |= {row.sample: row.patient for row in sheets.samples.rows}
    for column in file_columns():
        for use in _uses(sheets, column):
            words = _name_parts(use.path)
            if words & {use.row.sample, use.row.patient}:
                continue
            other = next((word for word in sorted(words, key=len, reverse=True) if word in owners), None)
            if other is not None and owners[other] != use.row.patient:
                what = f"'{use.path}' is named for {other}, which is patient {owners[other]}"
                yield Finding(use.row, column, what, "is it this row's file?")


def _name_parts(path: str) -> set[str]:
    """Every run of whole words in the name of a file: of `P1-T.cnv.tsv` P1, P1-T, T, P1-T.cnv and so on."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    ends = [0, *(at for at, letter in enumerate(name) if letter in _PARTS), len(name)]
    starts = [0, *(at + 1 for at, letter in enumerate(name) if letter in _PARTS)]
    return {name[start:end] for start in starts[:_MOST_PARTS] for end in ends if end - start > 0}


def _uses(sheets: Sheets, column: str) -> Iterator[_Use]:
    for row in sheets.samples.sound(column):
        for path in paths_in(column, getattr(row, column)):
            yield _Use(row, column, path)


def paths_in(column: str, cell: str | None) -> tuple[str, ...]:
    """The files of a cell: of copy_number there may be several, of an empty one there is none."""
    if not cell:
        return ()
    return files_of(cell) if column in SEVERAL_FILES else (cell,)


def _shared(sheets: Sheets, column: str) -> Iterator[tuple[_Use, _Use]]:
    """Each later use of a file in `column`, with its first."""
    files = sheets.files
    first: dict[object, _Use] = {}
    for use in _uses(sheets, column):
        earlier = first.setdefault(files.identity(use.path), use)
        if earlier is not use and earlier.row.sample != use.row.sample:
            yield earlier, use


FILE_CHECKS = (
    Check("samples", Level.ERROR, files_are_usable),
    Check("samples", Level.ERROR, tumor_is_not_normal),
    Check("samples", Level.ERROR, file_of_one_sample),
    Check("samples", Level.ERROR, shared_variants_are_told_apart),
    Check("samples", Level.ERROR, normal_of_one_patient),
)
FILE_QUESTIONS = (
    Check("samples", Level.WARNING, files_are_of_the_past),
    Check("samples", Level.WARNING, copies_of_one_file),
    Check("samples", Level.WARNING, file_named_for_another_sample),
)
"""Those that look at files and refuse none: a file that has gone since is no concern of theirs."""
