"""Every sheet column, configuration key and file reaches its step as an option, and re-runs exactly what hangs on it.

The tables here and in wired_trial.py declare the wiring; a new key, column, result or shipped folder fails here until it has
a row. A trial with every column and key filled is planned once as it is and once edited; no step is run.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from planned_jobs import PlannedJob, planned_jobs
from small_trial import CODE, PROJECT, write_trial
from wired_trial import (
    ALTERATIONS,
    ANALYSE,
    BACKGROUND,
    CALLS,
    COMPLETE,
    CONFIG,
    COPIES,
    EXPORT,
    FROZEN,
    JOIN,
    PAGES,
    PATIENTS,
    PROVENANCE,
    RESOURCES,
    ROWS,
    SAMPLES,
    STUDY_FILE,
    TIMES,
    TUMOR_STEPS,
    WHOSE,
    WORKBOOK,
    Wire,
    schema,
    write_config,
    write_files,
    write_sheets,
)

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

JOINED = """manifest.tsv patients.tsv candidates.tsv biopsies.tsv rule_coverage.tsv rule_results.tsv decoy_results.tsv blinding.tsv
    outcome_review.tsv other_choices.tsv questions.tsv responses.tsv adverse_events.tsv acquired.tsv"""
ALL_TABLES = f"""{JOINED} identity.tsv identity_verdicts.tsv endpoints.tsv two_stage.tsv survival.tsv explanation.tsv
    associations.tsv attribution.tsv background.tsv copies.tsv sensitivity.tsv since_frozen.tsv provenance.json"""

WAITS_FOR = {
    COPIES: "",
    CALLS: "purity_ploidy.tsv gene_copy_number.tsv amplicons.tsv copy_number_analyses.tsv copy_number_qc.tsv",
    ALTERATIONS: "variants.vcf.gz codon_status.tsv gene_callability.tsv gene_copy_number.tsv "
    "amplification_definitions.tsv amplicons.tsv purity_ploidy.tsv qc.tsv junctions.tsv junction_search.tsv",
    WHOSE: "genotypes.npz variant_genotypes.npz",
    JOIN: "label.tsv identity_verdicts.tsv",
    ANALYSE: f"{JOINED} reference_prevalence.tsv reference_decoys.tsv",
    BACKGROUND: "",
    FROZEN: "label.tsv",
    PROVENANCE: "blinding.tsv",
    PAGES: ALL_TABLES,
    WORKBOOK: ALL_TABLES,
    EXPORT: "label.tsv manifest.tsv patients.tsv responses.tsv provenance.json",
    TIMES: "manifest.tsv label.tsv",
    COMPLETE: "manifest.tsv background.tsv index.html",
    "all": "index.html cohort.xlsx cbioportal run.html provenance.json complete.txt",
}
"""The results that each rule waits for."""

Jobs = dict[tuple[str, str | None], PlannedJob]


class Plans(NamedTuple):
    """The trial as it is, with every cell of a row of its own edited, and with every key edited."""

    trial: Jobs
    cells: Jobs
    keys: Jobs


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Plans:
    folder = tmp_path_factory.mktemp("wired")
    write_files(folder)
    write_sheets(folder, edited=False)
    write_config(folder, edited=False)
    trial = planned_jobs(folder)
    write_sheets(folder, edited=True)
    cells = planned_jobs(folder)
    write_sheets(folder, edited=False)
    write_config(folder, edited=True)
    return Plans(trial, cells, planned_jobs(folder))


def options(job: PlannedJob) -> dict[str, str]:
    """The options of a job's command with their values; a switch has none, one turned off (--no-X) is X with `off`."""
    words = [word for word in shlex.split(job.command.partition("> ")[0]) if word != "2"]
    found: dict[str, str] = {}
    for place, word in enumerate(words):
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            following = "".join(words[place + 1 : place + 2])
            if name.startswith("--no-"):
                name, following = f"--{name.removeprefix('--no-')}", "off"
            found[name] = value if equals else "" if following.startswith("-") else following
    return found


def own_files(jobs: Jobs, job: PlannedJob) -> set[str]:
    """The inputs of a job that no other job makes."""
    made = set().union(*(other.outputs for other in jobs.values()))
    return set(job.inputs) - made


def changed_options(before: Jobs, after: Jobs, sample: str | None) -> set[tuple[str, str]]:
    """Steps and options whose values differ between two plans; each is a param, which makes Snakemake run it again."""
    changed = set()
    for (rule, whose), job in before.items():
        if whose != sample:
            continue
        old, new = options(job), options(after[rule, whose])
        differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        changed |= {(rule, name) for name in differing}
        files = own_files(before, job) != own_files(after, after[rule, whose])
        assert not differing or files or job.triggers != after[rule, whose].triggers, (rule, differing)
    return changed


def declared(wires: Iterable[Wire]) -> set[tuple[str, str]]:
    return {(step, wire.option) for wire in wires if wire.option for step in wire.steps}


def test_every_key_column_and_shipped_folder_has_a_row() -> None:
    assert SAMPLES.keys() == schema("samples").keys()
    assert PATIENTS.keys() == schema("patients").keys()
    config = schema("config")
    groups = {name: entry["properties"] for name, entry in config.items() if "properties" in entry}
    keys = config.keys() - groups.keys() - {"cohorts"}  # in place of cohort: test_platform.py
    assert CONFIG.keys() == keys | {f"{group}.{key}" for group, inner in groups.items() for key in inner}
    shipped = {path.name for path in (PROJECT / "resources").iterdir() if path.is_dir()}
    assert {name for name in RESOURCES if "/" not in name} == shipped - {"__pycache__"}


@pytest.mark.parametrize("column", [column for column in SAMPLES if column != "sample"])
def test_a_cell_of_the_samples_reaches_its_steps_and_no_other(plans: Plans, column: str) -> None:
    sample = f"S-samples.{column}"
    # of another patient other things were known at entry too
    at_entry = [wire for wire in PATIENTS.values() if wire.option and wire.option.startswith("--patient-")]
    wires = [SAMPLES[column], *at_entry] if column == "patient" else [SAMPLES[column]]
    assert changed_options(plans.trial, plans.cells, sample) == declared(wires)
    assert changed_options(plans.trial, plans.cells, "S-samples.collected_on") == set()


@pytest.mark.parametrize("column", PATIENTS)
def test_a_cell_of_the_patients_reaches_a_tumor_only_if_known_before_treatment(
    plans: Plans, column: str
) -> None:
    sample = f"S-patients.{column}"
    assert changed_options(plans.trial, plans.cells, sample) == declared([PATIENTS[column]])


def test_the_name_of_a_sample_names_its_jobs(plans: Plans) -> None:
    assert {rule for rule, sample in plans.trial if sample == "S-samples.sample"} == set(TUMOR_STEPS)
    assert {rule for rule, sample in plans.cells if sample == "S-renamed"} == set(TUMOR_STEPS)
    assert {rule for rule, sample in plans.cells if sample == "S-samples.sample"} == set()
    assert {options(job)["--sample"] for job in plans.cells.values() if job.sample == "S-renamed"} == {
        "S-renamed"
    }


@pytest.mark.parametrize("column", [column for column in SAMPLES if SAMPLES[column].readers])
def test_a_file_of_a_sample_is_an_input_of_its_steps_and_no_other(plans: Plans, column: str) -> None:
    path = str(SAMPLES[column].value).format(row=f"samples.{column}")
    assert {rule for (rule, _), job in plans.trial.items() if path in job.inputs} == set(
        SAMPLES[column].readers
    )


@pytest.mark.parametrize("key", [key for key in CONFIG if CONFIG[key].readers])
def test_a_file_of_the_configuration_is_an_input_of_its_steps_and_no_other(plans: Plans, key: str) -> None:
    for jobs, path in ((plans.trial, CONFIG[key].value), (plans.keys, CONFIG[key].edited)):
        assert {rule for (rule, _), job in jobs.items() if path in job.inputs} == set(CONFIG[key].readers)


def test_the_jobs_have_no_input_without_a_row(plans: Plans) -> None:
    known = {str(wire.value).format(row=row) for wire in SAMPLES.values() if wire.readers for row in ROWS}
    known |= {wire.value for wire in CONFIG.values() if wire.readers}
    known.add(f"{CONFIG['background'].value}/{STUDY_FILE}")
    known |= {f"{path}.bai" for path in known if path.endswith(".bam")}
    assert set().union(*(own_files(plans.trial, job) for job in plans.trial.values())) == known


@pytest.mark.parametrize("rule", [*TUMOR_STEPS, *(rule for rule in WAITS_FOR if rule not in TUMOR_STEPS)])
def test_a_setting_reaches_its_steps_and_no_other(plans: Plans, rule: str) -> None:
    """All keys are edited at once: an option tells which key it came from."""
    sample = f"S-{ROWS[0]}" if rule in TUMOR_STEPS else None
    changed = {name for step, name in changed_options(plans.trial, plans.keys, sample) if step == rule}
    everything = {"--config"} if rule in (PROVENANCE, FROZEN) else set()
    assert changed == {name for step, name in declared(CONFIG.values()) if step == rule} | everything


ONLY_BY_HAND = {
    COPIES: {"--threads", "--given-up"},
    CALLS: {"--given-up"},
    ALTERATIONS: {"--evidence", "--given-up"},
    JOIN: {"--only-cohort"},  # of a platform trial: test_platform.py
    EXPORT: {"--only-cohort"},
    ANALYSE: {"--output-dir"},
    BACKGROUND: {"--draws"},
    FROZEN: {"--only", "--cohort-name"},  # of a platform trial
    PROVENANCE: {"--synthetic"},  # stands in the configuration that it records
    COMPLETE: {"--synthetic"},  # writes no table
}
"""Options of a step that no rule gives; --given-up only after its job was killed."""


@pytest.mark.parametrize("rule", [rule for rule in WAITS_FOR if rule != "all"])
def test_a_rule_gives_every_option_of_its_step(plans: Plans, rule: str) -> None:
    parser = import_module(rule).parser()
    known = {
        next(name for name in action.option_strings if name.startswith("--")) for action in parser._actions
    }
    known -= {"--help"}
    given = set()
    for key, job in plans.keys.items():
        if key[0] == rule:
            given |= options(job).keys()
    assert known - given == ONLY_BY_HAND.get(rule, set())
    assert given <= known


@pytest.mark.parametrize("key", [key for key in CONFIG if CONFIG[key].option])
def test_a_setting_has_its_value_in_the_command_and_among_what_triggers(plans: Plans, key: str) -> None:
    wire = CONFIG[key]
    for (rule, _), job in plans.keys.items():
        if rule in wire.steps:
            assert options(job)[wire.option] == ("" if wire.edited is True else str(wire.edited))
            assert wire.edited in own_files(plans.keys, job) or repr(wire.option) in "".join(job.triggers)


def test_each_rule_waits_for_the_results_it_reads(plans: Plans) -> None:
    made = set().union(*(job.outputs for job in plans.trial.values()))
    waits: dict[str, set[str]] = {rule: set() for rule, _ in plans.trial}
    for (rule, sample), job in plans.trial.items():
        awaited = job.inputs & made
        if sample:
            assert all(path.startswith(f"results/samples/{sample}/") for path in awaited)
        waits[rule] |= {Path(path).name for path in awaited}
    assert waits == {rule: set(names.split()) for rule, names in WAITS_FOR.items()}
    whole = {
        path for path in made if Path(path).name in {"genotypes.npz", "variant_genotypes.npz", "label.tsv"}
    }
    assert len(whole) == 3 * len(ROWS)
    assert plans.trial[WHOSE, None].inputs | plans.trial[JOIN, None].inputs >= whole


@pytest.fixture(scope="module")
def edited_resources(tmp_path_factory: pytest.TempPathFactory, plans: Plans) -> dict[str, set[str]]:
    """Steps whose params change with an edit of each shipped folder."""
    folder = tmp_path_factory.mktemp("resources")
    write_trial(folder / "trial", 1)
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in CODE:
        if name != "resources":
            (checkout / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "resources", checkout / "resources", copy_function=os.symlink)
    as_shipped = planned_jobs(folder / "trial", checkout)
    changed = {}
    for name in RESOURCES:
        place = checkout / "resources" / name
        edit = place / "an_edit.txt" if place.is_dir() else place
        shipped = edit.read_text() if edit.is_file() else ""
        edit.unlink(missing_ok=True)  # the link to the checkout's own
        edit.write_text(f"{shipped}an edit\n")
        edited = planned_jobs(folder / "trial", checkout)
        changed[name] = {key[0] for key, job in as_shipped.items() if job.triggers != edited[key].triggers}
        edit.write_text(shipped) if shipped else edit.unlink()
    return changed


@pytest.mark.parametrize("folder", RESOURCES)
def test_an_edit_of_a_shipped_folder_runs_the_steps_that_read_it(
    edited_resources: dict[str, set[str]], folder: str
) -> None:
    assert edited_resources[folder] == RESOURCES[folder]
