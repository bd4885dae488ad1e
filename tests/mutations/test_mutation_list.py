"""The list of mutations fits the files and tests as they are; whether each is caught is for `make mutants`."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation_list import PROJECT, Mutation, read_mutations

MUTATIONS = read_mutations()


def test_each_id_and_each_mutation_is_there_once() -> None:
    assert len(MUTATIONS) >= 12
    assert len({mutation.id for mutation in MUTATIONS}) == len(MUTATIONS)
    assert len({(mutation.file, mutation.line, mutation.mutated) for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.id)
def test_its_text_stands_once_in_its_file_and_its_tests_exist(mutation: Mutation) -> None:
    assert mutation.occurrences(PROJECT) == 1, f"{mutation.line!r} in {mutation.file}"
    assert mutation.mutated != mutation.line
    assert mutation.what_goes_wrong
    assert mutation.tests
    for test in mutation.tests:
        path, _, function = test.partition("::")
        assert (PROJECT / path).is_file(), path
        assert not function or f"def {function.split('[')[0]}(" in (PROJECT / path).read_text()


def test_a_mutation_is_put_in_place_and_refused_where_its_text_is_not_unique(tmp_path: Path) -> None:
    mutation = Mutation("X1", "a.py", "b < c\n", "b <= c\n", ("tests",), "wrong")
    (tmp_path / "a.py").write_text("a\nb < c\n")
    mutation.apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "a\nb <= c\n"
    with pytest.raises(ValueError, match="stands 0 times"):
        mutation.apply(tmp_path)
