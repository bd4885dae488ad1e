"""Whatever stands in a sheet or configuration: a trial, or our own errors; never anything else."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from trial_folder import TrialFolder

from refractor.errors import ConfigError, SheetError
from refractor.settings.config import load_cohort_file, load_config
from refractor.settings.schemas import load_schema, validator_of
from refractor.sheets import Trial, read_sheets, read_trial
from refractor.sheets.cells import hint, typed, unfit_text

quick = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)

SHEETS = ("samples", "patients", "assessments", "adverse_events")
ODD_CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "NA",
            ".",
            "..",
            "-",
            "nan",
            "inf",
            "1e400",
            "9" * 5000,
            "0x1",
            "1_0",
            "\u0661",
            "2019-01-01",
            "0000-01-01",
            "9999-12-31",
            "31.12.2019",
            "99999",
            "yes",
            "=1+1",
            "'",
            '"',
            "a/b",
            "~",
            "$(id)",
            "http://",
            "\ud7ff",
            "\u0085",
        ]
    ),
    st.text(max_size=12),
    st.from_regex(r"[0-9]{1,6}([.,][0-9]{1,3})?%?", fullmatch=True),
    st.from_regex(r"[0-9]{1,5}[-/.][0-9]{1,2}[-/.][0-9]{1,4}", fullmatch=True),
)


def trial_or_problems(config: dict[str, str]) -> Trial | tuple[str, ...]:
    """What a caller sees: a trial, or problems that each name a file and say something."""
    try:
        return read_trial(config)
    except SheetError as error:
        assert error.problems
        for problem in error.problems:
            assert str(problem.file) in config.values()
            assert problem.what
            assert problem.allowed
            assert "\n" not in str(problem)
        return tuple(map(str, error.problems))


@quick
@given(content=st.binary(max_size=200), sheet=st.sampled_from(SHEETS))
@example(content=b"patient\tsample\r\nP01\tx\r", sheet="samples")
@example(content=b"\xef\xbb\xbf\xef\xbb\xbfpatient\n", sheet="patients")
@example(content=b"\t\t\n", sheet="patients")
@example(content=b"\x0b", sheet="samples")
def test_random_bytes(folder: TrialFolder, content: bytes, sheet: str) -> None:
    config = folder.write()
    Path(f"{sheet}.tsv").write_bytes(content)
    config[sheet] = f"{sheet}.tsv"
    trial_or_problems(config)


@quick
@given(
    sheet=st.sampled_from(SHEETS),
    cells=st.lists(st.tuples(st.integers(0, 20), ODD_CELLS), min_size=1, max_size=4),
)
def test_random_cells_in_every_column(folder: TrialFolder, sheet: str, cells: list[tuple[int, str]]) -> None:
    columns = list(load_schema(sheet)["properties"])
    row = {"patient": "P01", "sample": "S", "copy_number": "P02.cns", "term": "x", "grade": "1", "day": "3"}
    texts = [row.get(column, "") for column in columns]
    for place, cell in cells:
        texts[place % len(texts)] = cell
    config = folder.write()
    content = "\t".join(columns) + "\n" + "\t".join(texts) + "\n"
    Path(f"{sheet}.tsv").write_bytes(content.encode("utf-8", "surrogatepass"))
    config[sheet] = f"{sheet}.tsv"
    read = trial_or_problems(config)
    if isinstance(read, Trial):
        schema = {"required": load_schema(sheet)["required"], "properties": load_schema(sheet)["properties"]}
        for accepted in getattr(read, sheet):
            assert set(accepted.cells()) <= set(schema["properties"])
            assert {type(value) for value in accepted.cells().values()} <= {str, int, float}
            assert validator_of(sheet).is_valid(accepted.cells())


@quick
@given(data=st.data())
def test_a_damaged_sheet(folder: TrialFolder, data: st.DataObject) -> None:
    """Bytes deleted from, put into or changed in a sound sheet."""
    config = folder.write()
    sheet = data.draw(st.sampled_from(sorted(config)))
    content = bytearray(Path(config[sheet]).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["delete", "insert", "change"]))
        byte = data.draw(st.sampled_from([0, 9, 10, 13, 32, 34, 44, 45, 46, 47, 65, 128, 195, 255]))
        if kind == "delete":
            del content[place]
        elif kind == "insert":
            content.insert(place, byte)
        else:
            content[place] = byte
    Path(config[sheet]).write_bytes(content)
    trial_or_problems(config)


@quick
@given(text=st.text(alphabet=string.printable + "\u00e9\u200b", min_size=1, max_size=30))
def test_hints_never_fail(text: str) -> None:
    for sheet in SHEETS:
        for column in load_schema(sheet)["properties"].values():
            unfit_text(text, column)
            hint(text, column)
            assert type(typed(text, column)) in (str, int, float)


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@quick
@given(
    content=st.one_of(
        st.binary(max_size=100), st.text(alphabet="ab:&*{}[]-<|>!?#%@'\"\n\t ,0123", max_size=60)
    )
)
@example(content="<<: {samples: a}\n")
@example(content="? [a]\n: b\n")
@example(content="!!python/object/apply:os.system [id]\n")
@example(content="a: !!binary x\n")
@example(content="a: 2019-13-45\n")
@example(content="a: 1:99:99\n")
@example(content="--- a: b\n--- c: d\n")
def test_random_yaml(in_folder: None, content: bytes | str) -> None:
    Path("c.yaml").write_bytes(
        content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    )
    for load in (load_config, load_cohort_file):
        with pytest.raises(ConfigError) as caught:  # no random text holds the keys that are required
            load("c.yaml")
        assert all(str(problem).startswith("c.yaml") for problem in caught.value.problems)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@quick
@given(
    key=st.sampled_from(
        [*sorted(load_schema("config")["properties"]), "calling.low_vaf", "copy_number.windows", "x"]
    ),
    value=VALUES,
)
def test_random_values_of_each_key(in_folder: None, key: str, value: object) -> None:
    config: dict[str, object] = {"samples": "s.tsv", "patients": "p.tsv"}
    group, _, name = key.partition(".")
    config[group] = {name: value} if name else value
    try:
        loaded = load_config(config)
    except ConfigError as error:
        assert error.problems
        return
    assert validator_of("config").is_valid(loaded)
    assert yaml.safe_load(yaml.safe_dump(loaded)) == loaded  # plain values only


def test_two_thousand_rows_are_read_whole(folder: TrialFolder) -> None:
    folder.put("x.vcf")
    folder.patients = [{"patient": f"P{i}", "pfs_days": str(100 + i), "pfs_event": "1"} for i in range(2000)]
    folder.samples = [{"patient": f"P{i}", "sample": f"S{i}", "copy_number": f"{i}.cns"} for i in range(2000)]
    trial = read_sheets(folder.write())
    assert len(trial.samples) == len(trial.patients) == 2000
    assert trial.samples[-1].line == trial.patients[-1].line == 2001
    folder.samples[1999]["purity"] = "2"
    folder.patients[0]["age"] = "x"
    assert len(folder.problems()) == 2002  # 2,000 files that do not exist, and the two cells
