"""One case of the corpus: a damaged file, the step that reads it in a process of its own, and what came of it."""

from __future__ import annotations

import contextlib
import math
import os
import random
import resource
import runpy
import shutil
import signal
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from good_inputs import COPY_NUMBER, SAMPLE, TRIAL, GoodInput, in_folder
from mutations import ANY_FILE, BED, PACKED, READS, SHEET, TEXT, VCF, YAML, Mutation, cells, inside_gzip

from refractor.errors import ResistanceError
from refractor.files.yaml import read_yaml
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.variant_tables import CODON_STATUS
from refractor.sheets.open_trial import open_trial
from refractor.step import run_step

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 40
MOST_BYTES = 6_000_000_000
"""Address space of a case: a file without end must not take the machine with it."""


class Ending(StrEnum):
    """What came of a case; the last five are faults of ours."""

    REFUSED = "refused, naming the file"
    UNKNOWN = "not assessable, with a reason"
    UNCHANGED = "unchanged"
    UNNAMED = "refused without naming the file"
    NO_REASON = "not assessable without a reason"
    WRONG = "another result, in silence"
    TRACEBACK = "traceback"
    HANG = "hang or crash"


GOOD_ENDINGS = frozenset((Ending.REFUSED, Ending.UNKNOWN, Ending.UNCHANGED))


@dataclass(frozen=True, slots=True)
class Case:
    """A sound input and one way to damage it."""

    good: GoodInput
    mutation: Mutation
    round: int = 0

    @property
    def name(self) -> str:
        return f"{self.good.kind}: {self.mutation.name}" + (f" #{self.round}" if self.round else "")

    @property
    def seed(self) -> int:
        return zlib.crc32(self.name.encode())


_TABLES: Mapping[str, tuple[str, ...]] = {
    "allelic_segments": ("Chromosome", "Start", "End", "nMajor"),
    "purple": ("chromosome", "start", "end", "copyNumber"),
    "facets": ("chrom", "start", "end", "tcn.em"),
    "ascat": ("chr", "startpos", "endpos", "nMajor"),
    "sequenza": ("chromosome", "start.pos", "end.pos", "CNt"),
    "cnvkit": ("chromosome", "start", "end", "log2"),
    "gatk": (),
    "purecn": (),
    "maf": ("Chromosome", "Start_Position", "t_alt_count"),
    "samples.tsv": ("patient", "sample", "purity", "genome_build", "sex", "collected_on"),
    "patients.tsv": ("patient", "age", "best_response", "pfs_days", "pfs_event", "treatment_start"),
    "assessments.tsv": ("patient", "day", "target_sum_mm", "new_lesion"),
    "adverse_events.tsv": ("patient", "grade", "related", "day"),
}
_NEEDED = {"maf": 2, "samples.tsv": 2, "patients.tsv": 1, "assessments.tsv": 1, "adverse_events.tsv": 2}
_MORE: Mapping[str, tuple[Mutation, ...]] = {
    "vcf": VCF,
    "bed": BED,
    "sv": tuple(
        mutation for mutation in VCF if not mutation.name.startswith(("AD", "AF", "GT", "the columns"))
    ),
    "bam": READS,
    "cram": READS[:3],
    "samples.tsv": SHEET,
    "patients.tsv": SHEET[1:],
    "config.yaml": YAML,
}
_PACKED_KINDS = ("vcf.gz", "bcf", "maf.gz", "bam", "cram", "bam index", "cram index", "bam windows")
_ROUNDS = {"bam": 4, "cram": 4, "vcf.gz": 3, "bcf": 3, "maf.gz": 2}


STILL_SOUND = frozenset(
    (
        ("assessments.tsv", "day -5"),  # before treatment, as a baseline is
        ("assessments.tsv", "day named target_sum_mm"),  # whole numbers of plausible size either way
        ("assessments.tsv", "the header alone, cut"),  # a sheet without rows yet
        ("adverse_events.tsv", "the header alone, cut"),
        ("adverse_events.tsv", "day -5"),
    )
)
"""Mutations that make another sound file of this one: nobody could tell."""


def all_cases(inputs: list[GoodInput]) -> Iterator[Case]:
    """Every case, in a fixed order."""
    for good in inputs:
        mutations = list(ANY_FILE)
        if good.kind in _PACKED_KINDS:
            rounds = _ROUNDS.get(good.kind, 1)
            yield from (Case(good, mutation, number) for mutation in PACKED for number in range(rounds))
        else:
            mutations += TEXT
        columns = _TABLES.get(good.kind, ())
        if columns:
            mutations += cells(columns, needed=_NEEDED.get(good.kind, len(columns)))
        if good.kind in ("vcf.gz", "maf.gz"):
            mutations += [inside_gzip(mutation) for mutation in TEXT]
        mutations += _MORE.get(good.kind, ())
        mutations = [mutation for mutation in mutations if (good.kind, mutation.name) not in STILL_SOUND]
        yield from (Case(good, mutation) for mutation in mutations)


def run_case(case: Case, folder: Path, expected: Mapping[str, object]) -> tuple[Ending, str]:
    """What came of the case, and the words for it; `folder` is removed afterwards."""
    try:
        damaged = _copied(case.good, folder)
        case.mutation.change(damaged.path, random.Random(case.seed))
        if "index" not in case.good.kind:
            for companion in damaged.companions:
                os.utime(companion)  # or its age would be all that is told
        code, said, found = run_isolated(damaged, folder)
    finally:
        for path in folder.rglob("*"):
            if path.is_fifo():
                path.unlink()
        shutil.rmtree(folder, ignore_errors=True)
    return _judged(case, damaged, code, said, found, expected)


def _copied(good: GoodInput, folder: Path) -> GoodInput:
    """The input and what lies beside it, in a folder of its own."""
    place = folder / "input"
    if good.step == TRIAL:
        shutil.copytree(good.path.parent, place)
        return GoodInput(good.kind, place / good.path.name, good.step, good.option)
    place.mkdir(parents=True)
    shutil.copy(good.path, place / good.path.name)
    for companion in good.companions:
        shutil.copy(companion, place / companion.name)
    beside = tuple(place / companion.name for companion in good.companions)
    return GoodInput(good.kind, place / good.path.name, good.step, good.option, good.options, beside)


def run_isolated(good: GoodInput, folder: Path) -> tuple[int, str, dict[str, object]]:
    """Exit code (negative: killed by that signal), words and verdicts of the step, in a process of its own."""
    said, verdicts = folder / "said", folder / "verdicts"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LONGEST_SECONDS)
            stream = os.open(said, os.O_WRONLY | os.O_CREAT)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            code = _run(good, folder, verdicts)
        except BaseException:  # noqa: BLE001 - whatever it is, it is what the case shows
            traceback.print_exc()
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    found = yaml.safe_load(verdicts.read_text()) if verdicts.is_file() else {}
    words = said.read_text(errors="replace") if said.is_file() else ""
    return os.waitstatus_to_exitcode(status), words, found or {}


def _run(good: GoodInput, folder: Path, verdicts: Path) -> int:
    if good.step == TRIAL:
        with in_folder(good.path.parent):
            found = _trial()
    else:
        out = folder / "out"
        path = str(good.companions[0] if "index" in good.kind else good.path)
        argv = ["--sample", SAMPLE, good.option, path, *good.options, "--output-dir", str(out)]
        code = _STEPS[good.step](argv)
        if code:
            return code
        found = _copies(out) if good.step == COPY_NUMBER else _codons(out)
    verdicts.write_text(yaml.safe_dump(found))
    return 0


def _step(name: str) -> Callable[[list[str]], int]:
    module = runpy.run_path(str(PROJECT / "scripts" / f"{name}.py"))
    return lambda argv: run_step(module["parser"](), module["main"], argv)


_STEPS: dict[str, Callable[[list[str]], int]] = {}


def load_steps() -> None:
    """Import the steps once, before any case is forked."""
    for name in ("measure_copy_number", "call_variants"):
        _STEPS[name] = _step(name)


def _trial() -> dict[str, object]:
    try:
        file = read_yaml("config.yaml", what="configuration")
        opened = open_trial(file.content, files=["config.yaml"])
    except ResistanceError as error:
        print(error, file=sys.stderr)
        sys.stderr.flush()
        os._exit(2)
    sheets = opened.sheets
    rows = [*sheets.samples, *sheets.patients, *sheets.assessments, *sheets.adverse_events]
    return {"config": repr(opened.config), "cohorts": repr(opened.cohorts), "rows": repr(rows)}


def _copies(out: Path) -> dict[str, object]:
    table = GENE_COPY_NUMBER.read(out / GENE_COPY_NUMBER.name)
    return {
        f"{row.gene}": [str(row.call), "" if row.reason is None else str(row.reason), str(row.copy_number)]
        for row in table.itertuples()
    }


def _codons(out: Path) -> dict[str, object]:
    table = CODON_STATUS.read(out / CODON_STATUS.name)
    return {
        f"{row.gene} {row.codon}": [
            str(row.status),
            "" if row.reason is None else str(row.reason),
            str(row.protein_change),
        ]
        for row in table.itertuples()
    }


def _judged(
    case: Case,
    damaged: GoodInput,
    code: int,
    said: str,
    found: Mapping[str, object],
    expected: Mapping[str, object],
) -> tuple[Ending, str]:
    last = said.strip().splitlines()[-1] if said.strip() else ""
    if code < 0 or code == 137:
        return Ending.HANG, f"signal {-code}: {last}"
    if "Traceback (most recent call last)" in said or code == 1:
        return Ending.TRACEBACK, last
    if code == 2:
        names = {damaged.path.name, *(companion.name for companion in damaged.companions)}
        if damaged.step == TRIAL:
            names |= {path.name for path in case.good.path.parent.iterdir()}
        return (Ending.REFUSED if any(name in said for name in names) else Ending.UNNAMED), last
    if code:
        return Ending.TRACEBACK, f"exit {code}: {last}"
    return _compared(case, found, expected)


def _about_the_same(now: str, good: str) -> bool:
    """Whether two numbers of copies are the same but for a segment that was left out of the genome's mean, and counted."""
    try:
        return math.isclose(float(now), float(good), rel_tol=0.002)
    except ValueError:
        return now == good


def _compared(case: Case, found: Mapping[str, object], expected: Mapping[str, object]) -> tuple[Ending, str]:
    if dict(found) == dict(expected):
        return Ending.UNCHANGED, ""
    if set(found) != set(expected):
        return Ending.WRONG, f"rows differ: {sorted(set(found) ^ set(expected))[:3]}"
    ending = Ending.UNCHANGED
    for key, good in expected.items():
        now = found[key]
        if isinstance(good, str) or not isinstance(now, list) or not isinstance(good, list):
            if now != good:
                return Ending.WRONG, f"{key} differs"
        elif now[0] == "not_assessable" and good[0] != "not_assessable":
            if not now[1] or now[1] == "<NA>":
                return Ending.NO_REASON, f"{key}: {now}"
            ending = Ending.UNKNOWN
        elif now[0] != good[0] or not _about_the_same(now[2], good[2]):
            return Ending.WRONG, f"{key}: {good} became {now}"
    if case.mutation.harmless and ending is not Ending.UNCHANGED:
        return Ending.WRONG, "harmless, but no longer assessable"
    return ending, ""
