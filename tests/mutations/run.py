"""Apply each listed mutation to a copy of the checkout, run its tests there, and name the mutations that survive.

python tests/mutations/run.py [ID ...] [--jobs N]: exit code 1 where one survives, 2 where the list does not fit.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

from mutation_list import PROJECT, Mutation, read_mutations

TESTS_FAILED = 1
"""Exit code of pytest where tests ran and one failed; others say that they could not run."""


class Fate(StrEnum):
    """What became of a mutation."""

    CAUGHT = "caught"
    SURVIVES = "SURVIVES"
    UNKNOWN = "UNKNOWN"


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 where every mutation is caught."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="mutations to try (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="mutations tried at once")
    arguments = parser.parse_args(argv)
    listed = read_mutations()
    unknown = set(arguments.ids) - {mutation.id for mutation in listed}
    if unknown:
        parser.error(f"not in the list: {', '.join(sorted(unknown))}")
    chosen = [mutation for mutation in listed if not arguments.ids or mutation.id in arguments.ids]
    if not sound_without(chosen):
        return 2
    with ThreadPoolExecutor(arguments.jobs) as pool:
        fates = list(pool.map(reported_fate, chosen))
    caught = fates.count(Fate.CAUGHT)
    print(f"{caught} of {len(chosen)} mutations caught")
    return 0 if caught == len(chosen) else 2 if Fate.UNKNOWN in fates else 1


def sound_without(mutations: Sequence[Mutation]) -> bool:
    """Whether the tests pass in a copy without a mutation: only then does a failure tell that one is caught."""
    code, output = outcome_in_copy(sorted({test for mutation in mutations for test in mutation.tests}))
    if code != 0:
        print(output, "\nthe tests do not pass without a mutation", sep="")
    return code == 0


def reported_fate(mutation: Mutation) -> Fate:
    """The mutation's fate, printed as soon as it is known."""
    code, output = outcome_in_copy(mutation.tests, mutation)
    fate = {0: Fate.SURVIVES, TESTS_FAILED: Fate.CAUGHT}.get(code, Fate.UNKNOWN)
    print(f"{fate}\t{mutation.id}\t{mutation.file}\t{mutation.what_goes_wrong}", flush=True)
    if fate is Fate.UNKNOWN:
        print(output[-2000:], flush=True)
    return fate


def outcome_in_copy(tests: Sequence[str], mutation: Mutation | None = None) -> tuple[int, str]:
    """The exit code of pytest, up to the first failure, and what it printed, in a copy with the mutation in place."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        checkout = Path(folder) / "checkout"
        copy_checkout(checkout)
        if mutation is not None:
            mutation.apply(checkout)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        run = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


def copy_checkout(target: Path) -> None:
    """A copy of the files that git knows or would add, with the shared data beside it where there is any."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target / name)
    shared = PROJECT.parent / "shared"
    if shared.is_dir():
        (target.parent / "shared").symlink_to(shared.resolve())


if __name__ == "__main__":
    sys.exit(main())
