"""The workflow on a real Slurm of two nodes: same results, memory that grows, a node lost, a run cancelled."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from same_results import differences
from small_trial import Trial, write_trial
from two_nodes import TwoNodeSlurm, missing_programs, wait_until

from refractor.results.cohort_tables import MANIFEST
from refractor.results.job_end import CANCELLED, MACHINE

pytestmark = [pytest.mark.workflow, pytest.mark.slurm, pytest.mark.xdist_group("workflow")]

TUMOR_JOB = "rule_tumor_"
LIMIT_SECONDS = 900
HUNGRY = """
if "--sample=T2" in sys.argv:
    import time
    hoard = b"x" * 1_500_000_000
    time.sleep(4)
"""
"""A tumour that needs 1.5 GB for 4 s: more than a small tumour's first attempt may use, less than its second."""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoNodeSlurm]:
    missing = missing_programs()
    if missing:
        message = f"no Slurm here ({', '.join(missing)}): apt-get install slurm-wlm munge"
        if os.environ.get("REFRACTOR_REQUIRE_SLURM"):
            pytest.fail(message)
        pytest.skip(message)
    cluster = TwoNodeSlurm(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def fresh(finished_trial: Trial, tmp_path: Path) -> Trial:
    """The finished trial's input without its results."""
    write_trial(tmp_path / "trial", 3)
    return Trial(tmp_path / "trial", finished_trial.checkout)


def submit(trial: Trial, slurm: TwoNodeSlurm, *options: str) -> subprocess.Popen[bytes]:
    """Start the trial on the cluster through the profile; only what this cluster lacks is said besides."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", str(trial.checkout / "Snakefile"),
        "--profile", str(trial.checkout / "profiles" / "slurm"),
        "--directory", str(trial.folder), "--configfile", str(trial.folder / "config.yaml"),
        "--slurm-status-command=squeue", "--slurm-no-account",  # no accounting here
        "--slurm-init-seconds-before-status-checks=2", "--seconds-between-status-checks=1", "--latency-wait=5", *options,
    ]  # fmt: skip
    environment = dict(slurm.environment)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    with (trial.folder / "snakemake.out").open("a") as log:
        return subprocess.Popen(
            command, cwd=trial.checkout, env=environment, stdout=log, stderr=log, start_new_session=True
        )


def finish(run: subprocess.Popen[bytes], trial: Trial) -> str:
    """All that the run said, once it has ended well."""
    try:
        code = run.wait(timeout=LIMIT_SECONDS)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
    said = (trial.folder / "snakemake.out").read_text()
    assert code == 0, said[-6000:]
    return said


def labels(*samples: str) -> list[str]:
    return [f"results/samples/{sample}/label.tsv" for sample in samples]


def since(slurm: TwoNodeSlurm, before: set[int]) -> dict[int, tuple[str, str, str]]:
    return {number: job for number, job in slurm.jobs().items() if number not in before}


def test_each_tumor_is_one_job_and_the_results_are_those_of_a_local_run(
    fresh: Trial, finished_trial: Trial, slurm: TwoNodeSlurm
) -> None:
    before = set(slurm.jobs())
    finish(submit(fresh, slurm), fresh)
    jobs = since(slurm, before)
    tumors = [job for job in jobs.values() if job[2].startswith(TUMOR_JOB)]
    assert len(tumors) == 3
    assert {node for _, node, _ in tumors} == {"one", "two"}
    assert {state for state, _, _ in jobs.values()} == {"COMPLETED"}
    assert differences(fresh.folder / "results", finished_trial.folder / "results") == []
    assert fresh.planned() == {}


@pytest.mark.nightly
def test_a_job_killed_for_memory_gets_more_and_its_log_is_named(
    fresh: Trial, finished_trial: Trial, slurm: TwoNodeSlurm, checkout: Callable[[], Path]
) -> None:
    other = checkout()
    step = other / "scripts" / "call_variants.py"
    code = step.read_text()
    assert code.count('if __name__ == "__main__":') == 1
    step.write_text(code.replace('if __name__ == "__main__":', f'{HUNGRY}\nif __name__ == "__main__":'))
    trial = Trial(fresh.folder, other)
    before = set(slurm.jobs())
    said = finish(submit(trial, slurm, *labels("T1", "T2", "T3")), trial)
    wait_until(lambda: all(slurm.memory_requests().values()), seconds=30, what="sizes of all jobs")
    requests = slurm.memory_requests()
    jobs = [(requests[number], job[0]) for number, job in sorted(since(slurm, before).items())]
    first = min(size for size, _ in jobs)
    assert sorted(jobs) == [
        (first, "COMPLETED"),
        (first, "COMPLETED"),
        (first, "FAILED"),
        (2 * first, "COMPLETED"),
    ]
    results = Path("results")
    assert differences(trial.folder / results, finished_trial.folder / results, below="samples/") == []
    named = re.findall(r"^\s+slurm logfile: +(\S+)|log: (\S+slurm_logs\S+\.log)", said, re.M)
    logs = {Path(path) for pair in named for path in pair if path}
    assert any(log.is_file() and "exceeded memory limit" in log.read_text() for log in logs), logs
    assert "exceeded memory limit" in said, "the run's own words say why"


SLEEPY = """
if "--sample=T2" in sys.argv and "--given-up" not in sys.argv:
    import time
    time.sleep(300)
"""
"""A tumour that takes longer than anybody waits for."""


@pytest.mark.nightly
@pytest.mark.parametrize("lost", ["cancelled", "node"])
def test_a_job_that_is_lost_for_good_fails_its_tumor_and_the_cohort_is_finished(
    fresh: Trial, slurm: TwoNodeSlurm, checkout: Callable[[], Path], lost: str
) -> None:
    other = checkout()
    step = other / "scripts" / "call_variants.py"
    code = step.read_text()
    step.write_text(code.replace('if __name__ == "__main__":', f'{SLEEPY}\nif __name__ == "__main__":'))
    trial = Trial(fresh.folder, other)
    before = set(slurm.jobs())
    run = submit(trial, slurm, "--retries=0")

    def tumors() -> dict[int, tuple[str, str, str]]:
        return {n: job for n, job in since(slurm, before).items() if job[2].startswith(TUMOR_JOB)}

    def only_one_is_left() -> bool:
        states = [state for state, _, _ in tumors().values()]
        return len(states) == 3 and states.count("COMPLETED") == 2 and states.count("RUNNING") == 1

    try:
        wait_until(only_one_is_left, seconds=300, what="two tumours are done")
        number, node = next((n, node) for n, (state, node, _) in tumors().items() if state == "RUNNING")
        if lost == "cancelled":
            slurm.command("scancel", str(number))
        else:
            slurm.crash_node(node)
        assert run.wait(timeout=LIMIT_SECONDS) != 0
    finally:
        if lost == "node":
            slurm.start_node(node)
            wait_until(lambda: slurm.node_states().get(node) == "idle", seconds=60, what="the node is back")
    manifest = MANIFEST.read(trial.folder / "results/cohort/manifest.tsv")
    failed = manifest[manifest["state"] == "failed"]
    assert set(failed["sample"]) == {"T2"}
    assert (CANCELLED if lost == "cancelled" else MACHINE) in failed["reason"].iloc[0]
    assert (trial.folder / "results/report/index.html").is_file()


@pytest.mark.nightly
def test_a_node_that_goes_down_costs_only_its_jobs(
    fresh: Trial, finished_trial: Trial, slurm: TwoNodeSlurm
) -> None:
    before = set(slurm.jobs())
    run = submit(fresh, slurm, *labels("T1", "T2", "T3"))
    running: set[int] = set()

    def both_nodes_work() -> bool:
        running.clear()
        jobs = since(slurm, before)
        running.update(number for number, job in jobs.items() if job[:2] == ("RUNNING", "one"))
        return {job[1] for job in jobs.values() if job[0] == "RUNNING"} == {"one", "two"}

    try:
        wait_until(both_nodes_work, seconds=300, what="jobs on both nodes")
        slurm.crash_node("one")
        finish(run, fresh)
    finally:
        slurm.start_node("one")
    jobs = since(slurm, before)
    lost = {number for number, job in jobs.items() if job[0] == "NODE_FAIL"}
    assert lost == running
    assert len(jobs) == 3 + len(lost), "only what ran on the lost node is done again"
    assert {job[1] for number, job in jobs.items() if number not in running} == {"two"}
    folder = Path("results")
    assert differences(fresh.folder / folder, finished_trial.folder / folder, below="samples/") == []
    wait_until(lambda: slurm.node_states().get("one") == "idle", seconds=40, what="node one is back")


UNDER_WAY = {"RUNNING", "PENDING", "COMPLETING"}
"""States of jobs that have not come to their end; a cancelled job is COMPLETING before it is CANCELLED."""


@pytest.mark.nightly
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_cancelled_run_resumes(
    fresh: Trial, finished_trial: Trial, slurm: TwoNodeSlurm, stop: signal.Signals
) -> None:
    before = set(slurm.jobs())
    run = submit(fresh, slurm, *labels("T1", "T2", "T3"))
    wait_until(
        lambda: any(job[0] == "RUNNING" for job in since(slurm, before).values()),
        seconds=300,
        what="a job runs",
    )
    time.sleep(1)
    os.kill(run.pid, stop)
    assert run.wait(timeout=600) != 0
    if stop == signal.SIGKILL:  # nobody is left to cancel them; their owner does
        slurm.command("scancel", *(str(number) for number in since(slurm, before)))
    wait_until(
        lambda: {job[0] for job in since(slurm, before).values()}.isdisjoint(UNDER_WAY),
        seconds=300,
        what="Slurm's jobs end with the run",
    )
    states = {job[0] for job in since(slurm, before).values()}
    again = set(slurm.jobs())
    finish(submit(fresh, slurm, *labels("T1", "T2", "T3")), fresh)
    if stop == signal.SIGTERM:  # what was submitted comes to its end, nothing is lost
        assert states == {"COMPLETED"}
    else:
        assert "CANCELLED" in states
        assert 1 <= len(since(slurm, again)) <= 3
    folder = Path("results")
    assert differences(fresh.folder / folder, finished_trial.folder / folder, below="samples/") == []
