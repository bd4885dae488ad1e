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
import tempfile
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import yaml
from attempts import FURTHER, STILL_AS_GOOD
from findings import FAILED, QUESTIONS, found_in_folder, found_in_trial
from good_inputs import SAMPLE, TRIAL, GoodInput, in_folder
from mutations import ANY_FILE, BED, PACKED, READS, SHEET, TEXT, VCF, YAML, Mutation, cells, inside_gzip
from range_server import served

from refractor.errors import ResistanceError
from refractor.files import object_stores
from refractor.step import run_step

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 120
MOST_BYTES = 6_000_000_000
"""Address space of a case: a file without end must not take the machine with it."""


UNDAMAGED = Mutation("none")


class Ending(StrEnum):
    """What came of a case; the last five are faults of ours."""

    REFUSED = "refused, naming the file"
    FAILED = "tumour failed, with a reason"
    UNKNOWN = "not assessable, with a reason"
    ASKED = "read, with a question or a warning"
    UNCHANGED = "unchanged"
    UNNAMED = "refused without naming the file"
    NO_REASON = "not assessable without a reason"
    WRONG = "another result, in silence"
    TRACEBACK = "traceback"
    HANG = "hang or crash"


GOOD_ENDINGS = frozenset(list(Ending)[: list(Ending).index(Ending.UNNAMED)])


@dataclass(frozen=True, slots=True)
class Case:
    """A sound input and one way to damage it."""

    good: GoodInput
    mutation: Mutation
    round: int = 0

    @property
    def attempt(self) -> str:
        return self.mutation.name + (f" #{self.round}" if self.round else "")

    @property
    def name(self) -> str:
        return f"{self.good.kind}: {self.attempt}"

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
        if good.remote or good.path.parent.name == "larger":
            yield from (Case(good, mutation) for mutation in FURTHER[good.kind])
            continue
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
        mutations += [*_MORE.get(good.kind, ()), *FURTHER.get(good.kind, ())]
        mutations = [mutation for mutation in mutations if (good.kind, mutation.name) not in STILL_SOUND]
        yield from (Case(good, mutation) for mutation in mutations)


def run_case(case: Case, folder: Path, expected: Mapping[str, object]) -> tuple[Ending, str]:
    """What came of the case, and the words for it; `folder` is removed afterwards."""
    try:
        damaged = _copied(case.good, folder)
        case.mutation.change(damaged.path, random.Random(case.seed))
        if "index" not in case.good.kind:
            for companion in damaged.companions:
                if companion.is_file():
                    os.utime(companion)  # or its age would be all that is told
        code, said, found = run_isolated(damaged, folder, case.mutation)
    finally:
        for path in folder.rglob("*"):
            if path.is_fifo():
                path.unlink()
        shutil.rmtree(folder, ignore_errors=True)
    ending, words = _judged(case, damaged, code, said, found, expected)
    return ending, words.replace(f"{folder}/", "")


def _copied(good: GoodInput, folder: Path) -> GoodInput:
    """The input and what lies beside it, in a folder of its own."""
    place = folder / "input"
    if good.step == TRIAL:
        shutil.copytree(good.path.parent, place)
        return replace(good, path=place / good.path.name)
    place.mkdir(parents=True)
    for path in (good.path, *good.companions):
        shutil.copy(path, place / path.name)
    return replace(
        good,
        path=place / good.path.name,
        companions=tuple(place / companion.name for companion in good.companions),
    )


def run_isolated(
    good: GoodInput, folder: Path, mutation: Mutation = UNDAMAGED
) -> tuple[int, str, dict[str, object]]:
    """Exit code (negative: killed by that signal), words and verdicts of the step, in a process of its own."""
    with contextlib.ExitStack() as stack:
        argv = ["--sample", SAMPLE, *good.options, *mutation.options, "--output-dir", str(folder / "out")]
        if good.remote:
            server = stack.enter_context(served(good.path.parent))
            server.change = mutation.serve
            argv += [good.option, f"{server.address}/{quote(good.path.name)}"]
        else:
            argv += [good.option, str(good.companions[0] if "index" in good.kind else good.path)]
        return _forked(good, folder, argv, mutation)


def _forked(
    good: GoodInput, folder: Path, argv: list[str], mutation: Mutation
) -> tuple[int, str, dict[str, object]]:
    verdicts = folder / "verdicts"
    told, stream = os.pipe()  # no file: a limit on their size must not silence the step
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
            tempfile.tempdir = str(folder)
            if mutation.inside is not None:
                mutation.inside(folder)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LONGEST_SECONDS)
            before = {limit: resource.getrlimit(limit) for limit, _ in mutation.limits}
            for limit, most in mutation.limits:
                resource.setrlimit(limit, (most, before[limit][1]))
            code, found = _run(good, folder, argv)
            for limit, sound in before.items():
                resource.setrlimit(limit, sound)
            verdicts.write_text(yaml.safe_dump(found))
        except BaseException:  # noqa: BLE001 - whatever it is, it is what the case shows
            traceback.print_exc()
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    os.close(stream)
    with os.fdopen(told, encoding="utf-8", errors="replace") as pipe:
        words = pipe.read()
    _, status = os.waitpid(child, 0)
    found = yaml.safe_load(verdicts.read_text()) if verdicts.is_file() else {}
    return os.waitstatus_to_exitcode(status), words, found or {}


def _run(good: GoodInput, folder: Path, argv: list[str]) -> tuple[int, dict[str, object]]:
    if good.step == TRIAL:
        try:
            with in_folder(good.path.parent):
                return 0, found_in_trial()
        except ResistanceError as error:
            print(error, file=sys.stderr)
            return 2, {}
    try:
        code = _STEPS[good.step](argv)
    except SystemExit as ended:  # of the parser of options
        code = int(ended.code or 0)
    return code, {} if code else found_in_folder(good.step, folder / "out")


def _step(name: str) -> Callable[[list[str]], int]:
    module = runpy.run_path(str(PROJECT / "scripts" / f"{name}.py"))
    return lambda argv: run_step(module["parser"](), module["main"], argv)


_STEPS: dict[str, Callable[[list[str]], int]] = {}


def load_steps() -> None:
    """Import the steps once, before any case is forked."""
    object_stores.RETRIES["max_retries"] = 1  # what is refused for good is refused again
    for name in ("measure_copy_number", "call_variants"):
        _STEPS[name] = _step(name)


def _judged(
    case: Case,
    damaged: GoodInput,
    code: int,
    said: str,
    found: dict[str, object],
    expected: Mapping[str, object],
) -> tuple[Ending, str]:
    last = said.strip().splitlines()[-1] if said.strip() else ""
    if code < 0 or code == 137:
        return Ending.HANG, f"signal {-code}: {last}"
    if "Traceback (most recent call last)" in said or code == 1:
        return Ending.TRACEBACK, last
    names = {damaged.path.name, quote(damaged.path.name), *(path.name for path in damaged.companions)}
    names |= set(case.mutation.named)
    if damaged.step == TRIAL:
        names |= {path.name for path in case.good.path.parent.iterdir()}
    if code == 2:
        return (Ending.REFUSED if any(name in said for name in names) else Ending.UNNAMED), last
    if code:
        return Ending.TRACEBACK, f"exit {code}: {last}"
    failed = found.pop(FAILED, [])
    ending, words = _compared(case, found, expected)
    if failed and isinstance(failed, list) and ending is not Ending.WRONG:
        words = "; ".join(map(str, failed))
        return (Ending.FAILED if any(name in words for name in names) else Ending.UNNAMED), words
    return ending, words


def _about_the_same(now: str, good: str) -> bool:
    """Whether two numbers of copies are the same but for a segment that was left out of the genome's mean, and counted."""
    try:
        return math.isclose(float(now), float(good), rel_tol=0.002)
    except ValueError:
        return now == good


def _compared(case: Case, found: Mapping[str, object], expected: Mapping[str, object]) -> tuple[Ending, str]:
    asked, before = found.get(QUESTIONS), expected.get(QUESTIONS)
    new = [words for words in asked if words not in before] if isinstance(asked, list) and isinstance(before, list) else []  # fmt: skip
    ending, words = _compared_verdicts(case, _verdicts(found), _verdicts(expected))
    if new and ending in (Ending.UNCHANGED, Ending.WRONG):
        return Ending.ASKED, str(new[0])
    return ending, words


def _verdicts(found: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in found.items() if key not in (QUESTIONS, FAILED)}


def _compared_verdicts(
    case: Case, found: Mapping[str, object], expected: Mapping[str, object]
) -> tuple[Ending, str]:
    if found == expected or (case.good.kind, case.mutation.name) in STILL_AS_GOOD:
        return Ending.UNCHANGED, ""
    if set(found) != set(expected):
        return Ending.WRONG, f"rows differ: {sorted(set(found) ^ set(expected))[:3]}"
    ending, words = Ending.UNCHANGED, ""
    for key, good in expected.items():
        now = found[key]
        if isinstance(good, str) or not isinstance(now, list) or not isinstance(good, list):
            if now != good:
                return Ending.WRONG, f"{key} differs"
        elif now[0] == "not_assessable" and good[0] != "not_assessable":
            if not now[1] or now[1] == "<NA>":
                return Ending.NO_REASON, f"{key}: {now}"
            ending, words = Ending.UNKNOWN, words or f"{key}: {now[1]}"
        elif now[0] != good[0] or not _about_the_same(now[2], good[2]):
            return Ending.WRONG, f"{key}: {good} became {now}"
    if case.mutation.harmless and ending is not Ending.UNCHANGED:
        return Ending.WRONG, "harmless, but no longer assessable"
    return ending, words
