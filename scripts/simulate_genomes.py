"""Make a synthetic trial: read pairs, VCFs, copy-number tables, sheets, configuration and the truth behind them.

Without further options the demo trial of resources/demo. With --chromosome, one tumour-normal pair over a whole
chromosome or genome, for measuring speed and accuracy. Everything is drawn from seeds: the same call makes the same bytes.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from refractor.errors import InputError, Problem
from refractor.files.digests import content_digest, source_digest
from refractor.files.resources import RESOURCES
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.step import run_step, step_parser
from synthetic.bam import convert_to_cram
from synthetic.events import Amplicon
from synthetic.genomes import (
    Coverage,
    Ground,
    Seeds,
    normal_truth,
    prepare_ground,
    simulate_chromosomes,
    simulate_sample,
    surroundings,
)
from synthetic.sequencing import ReadModel
from synthetic.territory import Region
from synthetic.trial import SimulatedTrial, read_trial, samples_of
from synthetic.trial_files import reads_paths, write_trial_files
from synthetic.truth import TumorTruth

log = logging.getLogger(__name__)

DEMO = RESOURCES / "demo"
STAMP = ".simulated"
KNOWLEDGE = ("windows", "panel", "reference", "centromeres")
TRIAL_LIBRARY = ReadModel(chimera_fraction=0.004, chimera_mapping_quality=10)
"""As every library it has clipped and split reads; they are placed badly, so that only the search for junctions sees them."""
READ_INDEXES = {".bam": ".bai", ".cram": ".crai"}


@dataclass(frozen=True, slots=True)
class SampleTask:
    """One BAM or CRAM to be made by a worker process."""

    truth: TumorTruth
    path: Path
    depth: float
    seeds: Seeds
    windows: int
    around: tuple[Region, ...]


def make_trial(definition: Path, folder: Path, *, cores: int) -> None:
    """Make the trial declared at `definition` in `folder`, or nothing where it stands there already."""
    trial = read_trial(definition)
    sheets = sorted(definition.parent.glob("*.tsv"))
    knowledge = content_digest([RESOURCES / name for name in KNOWLEDGE], RESOURCES)
    declared = content_digest([definition, *sheets], definition.parent)
    digest = f"{source_digest(Path(__file__))} {knowledge} {declared}\n"
    tasks = _tasks(trial, folder)
    stamp = folder / STAMP
    made = [file for task in tasks for file in (task.path, _index(task.path))] + [folder / "config.yaml"]
    if stamp.is_file() and stamp.read_text() == digest and all(file.is_file() for file in made):
        log.info("%s stands already, made by this version from this definition", folder)
        return
    stamp.unlink(missing_ok=True)
    write_trial_files(trial, folder, sheets=sheets)
    log.info("simulating %d samples of %d patients on %d cores", len(tasks), len(trial.patients), cores)
    if cores == 1:
        reads = sum(map(_make_sample, tasks))
    else:
        # spawn: a forked child of a process with threads may hang
        with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
            reads = sum(pool.map(_make_sample, tasks))
    stamp.write_text(digest)
    log.info("wrote %d reads of %d samples to %s", reads, len(tasks), folder)


def _tasks(trial: SimulatedTrial, folder: Path) -> list[SampleTask]:
    """The samples to make, largest first, so that no core waits long at the end."""
    tasks = []
    for patient in samples_of(trial.patients, "bam", "cram"):
        tumor, normal = (folder / path for path in reads_paths(patient))
        own, other = (
            Seeds(person=person, sequencing=trial.seed)
            for person in (patient.person_seed, patient.normal_person_seed)
        )
        covered = (trial.windows, surroundings(patient.truth))
        tasks.append(SampleTask(patient.truth, tumor, patient.depths.tumor, own, *covered))
        if not patient.tumor_only:
            truth = normal_truth(patient.truth)
            tasks.append(SampleTask(truth, normal, patient.depths.normal, other, *covered))
    return sorted(tasks, key=lambda task: -task.depth)


def _make_sample(task: SampleTask) -> int:
    ground = _ground(task.truth.build, task.windows, task.around)
    bam, converted = task.path.with_suffix(".bam"), task.path.suffix == ".cram"
    reads = simulate_sample(
        ground,
        task.truth,
        path=bam,
        depth=task.depth,
        seeds=task.seeds,
        model=TRIAL_LIBRARY,
        indexed=not converted,
    )
    if converted:
        convert_to_cram(bam, task.path)
        bam.unlink()
    return reads


@lru_cache(maxsize=4)
def _ground(build: GenomeBuild, windows: int, around: tuple[Region, ...]) -> Ground:
    return prepare_ground(build, Coverage(windows=windows, around=around))


def _index(path: Path) -> Path:
    return path.with_name(path.name + READ_INDEXES[path.suffix])


def make_chromosomes(arguments: argparse.Namespace) -> None:
    """Make one pair over whole chromosomes, with an ERBB2 amplicon where that lies on them."""
    build = GenomeBuild(arguments.genome_build)
    known = CONTIG_LENGTHS[build]
    chromosomes = list(known) if arguments.chromosome == "all" else [arguments.chromosome]
    if chromosomes[0] not in known:
        raise InputError(
            Problem(
                "--chromosome", f"unknown chromosome {chromosomes[0]}", allowed=f"all, {', '.join(known)}"
            )
        )
    erbb2 = load_panel(build).genes["ERBB2"]
    flank = arguments.amplicon_flank
    truth = TumorTruth(
        sample=f"chr{arguments.chromosome}-T",
        build=build,
        purity=arguments.purity,
        amplicons=(Amplicon("17", erbb2.start - flank, erbb2.end + flank, arguments.erbb2_copies),),
    )
    seeds = Seeds(person=arguments.seed, sequencing=arguments.seed)
    for sample, depth in ((truth, arguments.depth), (normal_truth(truth), arguments.normal_depth)):
        simulate_chromosomes(
            sample, chromosomes, path=arguments.output_dir / f"{sample.sample}.bam", depth=depth, seeds=seeds
        )


def main(arguments: argparse.Namespace) -> None:
    """Run the step."""
    if arguments.chromosome is not None:
        make_chromosomes(arguments)
    else:
        make_trial(arguments.trial, arguments.output_dir, cores=arguments.cores)


def parser() -> argparse.ArgumentParser:
    """The step's options."""
    options = step_parser(__doc__)
    options.add_argument("--output-dir", type=Path, required=True, help="folder to write the trial into")
    options.add_argument("--trial", type=Path, default=DEMO / "trial.yaml", help="declaration of the trial")
    options.add_argument("--cores", type=int, default=2, help="worker processes; results do not depend on it")
    whole = options.add_argument_group("whole chromosomes in place of a trial")
    whole.add_argument(
        "--chromosome", help="bare name, e.g. 17, or all: simulate whole chromosomes, one tumour-normal pair"
    )
    whole.add_argument("--genome-build", choices=list(GenomeBuild), default=GenomeBuild.GRCH38)
    whole.add_argument("--depth", type=float, default=60.0, help="reads per base of the tumour")
    whole.add_argument("--normal-depth", type=float, default=30.0, help="reads per base of the normal")
    whole.add_argument("--purity", type=float, default=0.6, help="share of tumour cells, 0-1")
    whole.add_argument(
        "--erbb2-copies", type=int, default=20, help="copies of the ERBB2 amplicon's haplotype"
    )
    whole.add_argument(
        "--amplicon-flank", type=int, default=500_000, help="bases of it to either side of ERBB2"
    )
    whole.add_argument("--seed", type=int, default=1, help="seed of persons and sequencing")
    return options


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
