"""A Slurm of two nodes on this machine: munged, slurmctld and two slurmd, each in a folder of the test's own."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
SBIN = "/usr/sbin:/usr/local/sbin"
NODE_MEMORY_MB = 8000
NODE_CORES = 2

# No cgroups and no accounting, so that it runs in a container. Memory is watched each second and a step over its
# request is killed; a node that does not answer for 10 s is down. Cores are pretended (config_overrides).
CONFIGURATION = """\
ClusterName=refractor
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
SlurmdTimeout=10
ReturnToService=2
JobRequeue=0
MinJobAge=3600
SchedulerParameters=sched_interval=1,batch_sched_delay=0
InactiveLimit=0
KillWait=2
Waittime=0
NodeName=one NodeHostname={host} NodeAddr=127.0.0.1 Port={one} CPUs={cores} RealMemory={memory} State=UNKNOWN
NodeName=two NodeHostname={host} NodeAddr=127.0.0.1 Port={two} CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
"""


def missing_programs() -> list[str]:
    """What of Slurm and munge this machine lacks."""
    path = f"{os.environ['PATH']}:{SBIN}"
    return [name for name in (*DAEMONS, "sbatch", "srun", "squeue") if shutil.which(name, path=path) is None]


def wait_until(true: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return once `true` holds; TimeoutError that says `what` when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.2)


def megabytes(size: str) -> int:
    """A size as squeue prints it, 1000M or 2G; 0 where it does not know yet."""
    number = size.rstrip("MG")
    return int(float(number) * (1024 if size.endswith("G") else 1))


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for made in sockets:
            made.bind(("127.0.0.1", 0))
        return [made.getsockname()[1] for made in sockets]
    finally:
        for made in sockets:
            made.close()


@dataclass(slots=True)
class TwoNodeSlurm:
    """A running cluster of the nodes `one` and `two`."""

    folder: Path
    _daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables under which Slurm's commands find this cluster."""
        return {
            **os.environ,
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}:{SBIN}",
        }

    def start(self) -> None:
        """Start the daemons and wait for both nodes."""
        self._write_files()
        munge = self.folder / "munge"
        self._run(
            "munged", "--foreground", "--force", f"--socket={munge}/socket", f"--key-file={munge}/key",
            f"--log-file={munge}/log", f"--pid-file={munge}/pid", f"--seed-file={munge}/seed",
        )  # fmt: skip
        wait_until((munge / "socket").exists, seconds=10, what="munged")
        self._run("slurmctld", "-D")
        for node in ("one", "two"):
            self.start_node(node)
        wait_until(
            lambda: self.node_states() == {"one": "idle", "two": "idle"}, seconds=40, what="both nodes idle"
        )

    def stop(self) -> None:
        """Kill every job and daemon of this cluster."""
        for node in ("one", "two"):
            self.crash_node(node)
        for process in reversed(self._daemons.values()):
            process.send_signal(signal.SIGTERM)
        for process in self._daemons.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._daemons.clear()

    def start_node(self, node: str) -> None:
        """Start a node's slurmd."""
        (self.folder / f"spool.{node}").mkdir(exist_ok=True)
        self._run("slurmd", "-D", "-N", node)

    def crash_node(self, node: str) -> None:
        """End a node as a power cut would: slurmd and everything that it started are killed."""
        daemon = self._daemons.pop(f"slurmd -D -N {node}", None)
        if daemon is None:
            return
        daemon.kill()
        daemon.wait()
        for job in self._steps_of(node):
            for process in (*descendants(job), job):
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def node_states(self) -> dict[str, str]:
        """Slurm's word on each node, such as idle, mix, down*."""
        lines = self.command("sinfo", "--noheader", "--Node", "--format=%N %t").splitlines()
        return dict(line.split() for line in lines)

    def jobs(self) -> dict[int, tuple[str, str, str]]:
        """Of every job that Slurm remembers: state, node, comment."""
        text = self.command("squeue", "--noheader", "--states=all", "--format=%i|%T|%N|%k")
        rows = (line.split("|", 3) for line in text.splitlines())
        return {int(number): (state, node, comment) for number, state, node, comment in rows}

    def memory_requests(self) -> dict[int, int]:
        """Of every job that Slurm remembers: the memory asked for, in MB."""
        text = self.command("squeue", "--noheader", "--states=all", "--format=%i|%m")
        rows = (line.split("|") for line in text.splitlines())
        return {int(number): megabytes(size) for number, size in rows}

    def command(self, *words: str) -> str:
        """The output of one of Slurm's commands; empty while the controller does not answer."""
        run = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False)
        return run.stdout if run.returncode == 0 else ""

    def _write_files(self) -> None:
        controller, one, two = free_ports(3)
        for name in ("munge", "state"):
            (self.folder / name).mkdir(mode=0o700, parents=True)
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        text = CONFIGURATION.format(
            host=socket.gethostname().split(".")[0],
            controller_port=controller,
            user=getpass.getuser(),
            folder=self.folder,
            one=one,
            two=two,
            cores=NODE_CORES,
            memory=NODE_MEMORY_MB,
        )
        (self.folder / "slurm.conf").write_text(text)
        # The executor clears Slurm's variables around srun, so srun is told where the configuration is.
        srun = self.folder / "bin" / "srun"
        srun.parent.mkdir()
        srun.write_text(
            f'#!/bin/sh\nexport SLURM_CONF={self.folder}/slurm.conf\nexec {shutil.which("srun")} "$@"\n'
        )
        srun.chmod(0o755)

    def _run(self, *words: str) -> None:
        with (self.folder / f"{words[0]}.out").open("ab") as out:
            self._daemons[" ".join(words[:1] + words[1:4])] = subprocess.Popen(
                words, env=self.environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    def _steps_of(self, node: str) -> list[int]:
        """Slurm's step daemons of a node: they name its spool folder in what they hold open or its name."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                held = {str(handle.resolve()) for handle in (entry / "fd").iterdir()}
            except OSError:
                continue
            spool = str(self.folder / f"spool.{node}")
            log = str(self.folder / f"slurmd.{node}.log")
            if words.startswith(b"slurmstepd") and any(h.startswith(spool) or h == log for h in held):
                found.append(int(entry.name))
        return found


def descendants(process: int) -> list[int]:
    """All processes below one, by its id."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    children = [int(word) for word in text.split()]
    return children + [below for child in children for below in descendants(child)]
