"""The same callers on pairs of another simulator: reads of ART with its own qualities and errors, aligned by bwa mem.

    python benchmarks/other_simulator.py                        # seeds that development never used
    python benchmarks/other_simulator.py --pairs 1 --conditions plain --first-seed 1 --output-dir /tmp/try

Of ours are only the spiked SNVs (as in benchmarks/damaged_variants.py), written into haplotypes at known shares of the
reads, and the damage: by molecule, each place with its own gamma-distributed rate, C>T three times as often before G. Needs,
besides the project: apt-get install art-nextgen-simulation-tools bwa samtools freebayes bcftools; without the first three
it says so and ends. Writes other_simulator.tsv and other_simulator_pairs.tsv.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from damaged_variants import PLAN, outcome_rows, pair_options, write_tables  # noqa: E402
from variant_alignment import align, write_slices  # noqa: E402
from variant_callers import called_by_all  # noqa: E402
from variant_genomes import Spike, benchmark_ground, inherited_snps, spikes, write_fasta, write_regions  # noqa: E402

from synthetic.genomes import Ground  # noqa: E402

FRESH_SEED = 8_530_000
TOOLS = ("art_illumina", "bwa", "samtools")
READ_BP, INSERT_BP, INSERT_SD = 150, 330, 60
FLANK_BP = 300
"""Beside the exons and their 150 bases, so that fragments over exons are whole."""
NORMAL_DEPTH = 30.0
VAFS = (0.15, 0.10, 0.05)
"""Of the spikes: each population of molecules has those of its VAF and above, so that their shares add up."""


@dataclass(frozen=True)
class MoleculeDamage:
    """Rate a base of C>T and of G>T on the strand that read 1 shows; `shape` of the gamma of a place's own rate.

    Where strands were `copied` before adapters, a molecule shows what either strand had.
    """

    deamination: float = 0.0
    oxidation: float = 0.0
    shape: float = 1.5
    copied: bool = False


@dataclass(frozen=True)
class Condition:
    """Depth of the tumour, and what its DNA suffered."""

    depth: float = 60.0
    damage: MoleculeDamage = field(default_factory=MoleculeDamage)


CONDITIONS = {
    "plain": Condition(),
    "oxog": Condition(damage=MoleculeDamage(oxidation=1.2e-3)),
    "ffpe": Condition(damage=MoleculeDamage(deamination=1.2e-3)),
    "ffpe_hot": Condition(damage=MoleculeDamage(deamination=1.2e-3, shape=0.25, copied=True)),
    "low": Condition(depth=30.0),
}


def main() -> None:
    options = pair_options(__doc__, CONDITIONS, pairs=2, first_seed=FRESH_SEED)
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(
            f"left out: {', '.join(missing)} not on PATH (Debian: art-nextgen-simulation-tools bwa samtools)"
        )
        return
    options.output_dir.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="refractor") as name:
        folder, ground = options.keep or Path(name), benchmark_ground()
        folder.mkdir(parents=True, exist_ok=True)
        fasta, bed, slices = (folder / file for file in ("reference.fa", "panel.bed", "slices.fa"))
        if not (folder / "slices.fa.sa").exists():
            write_fasta(fasta, ground)
            write_regions(bed)
            write_slices(slices, ground, flank_bp=FLANK_BP)
        for kind in options.conditions:
            for index in range(options.pairs):
                seed = options.first_seed + 100 * list(CONDITIONS).index(kind) + index
                chosen = spikes(seed, plan=PLAN)
                tumor, normal = write_pair(folder, ground, slices, chosen, seed, CONDITIONS[kind])
                called = called_by_all(tumor, normal, fasta, bed, folder, only_ours=options.only_ours)
                rows += outcome_rows(kind, seed, chosen, called, fasta)
                if options.keep is None:
                    tumor.unlink()
                    normal.unlink()
    write_tables(pd.DataFrame(rows), options.output_dir, stem="other_simulator")


def write_pair(
    folder: Path, ground: Ground, slices: Path, chosen: Sequence[Spike], seed: int, condition: Condition
) -> tuple[Path, Path]:
    """Tumour and normal BAM of one genome, as an earlier run kept them or new."""
    rng = np.random.default_rng([seed, 79])
    snps = [(snp, rng.random(2) < snp.frequency) for snp in inherited_snps(ground, list(chosen), seed)]
    changes = [[(snp.chromosome, snp.position, snp.alt) for snp, has in snps if has[copy]] for copy in (0, 1)]
    populations = []
    for copy in (0, 1):
        left = 0.5
        for rank, vaf in enumerate(VAFS):  # 15 %: those of VAF 15; 10 %: also those of 10; 5 %: all
            share = vaf - (VAFS[rank + 1] if rank + 1 < len(VAFS) else 0.0)
            carried = [s.variant for n, s in enumerate(chosen) if n % 2 == copy and s.vaf >= vaf - 1e-9]
            own = [(v.chromosome, v.position, v.alt) for v in carried]
            populations.append((share, changes[copy] + own))
            left -= share
        populations.append((left, changes[copy]))
    paths = folder / f"{seed}.tumor.bam", folder / f"{seed}.normal.bam"
    of_normal = [(0.5, changes[0]), (0.5, changes[1])]
    for path, sample, mixed, depth, damage in (
        (paths[0], f"bench{seed}", populations, condition.depth, condition.damage),
        (paths[1], f"bench{seed}n", of_normal, NORMAL_DEPTH, MoleculeDamage()),
    ):
        if path.with_name(path.name + ".bai").exists():
            continue
        first, second = folder / "r1.fq", folder / "r2.fq"
        with first.open("w") as one, second.open("w") as other:
            for number, (share, own) in enumerate(mixed):
                haplotype = write_haplotype(folder / "haplotype.fa", slices, own)
                reads = art_pairs(folder, haplotype, depth * share, seed=seed * 20 + number)
                for pair in damaged(reads, slices, damage, seed):
                    for mate, out in zip(pair, (one, other), strict=True):
                        out.write(fastq(mate, f"p{number}"))
        align(first, second, path, slices, sample=sample)
    return paths


def write_haplotype(path: Path, slices: Path, changes: Sequence[tuple[str, int, str]]) -> Path:
    """The slices with some bases (chromosome, 0-based position, base) changed, under the same names."""
    wanted: dict[str, dict[int, str]] = {}
    for chromosome, position, base in changes:
        wanted.setdefault(chromosome, {})[position] = base
    with pysam.FastxFile(str(slices)) as records, path.open("w") as out:
        for record in records:
            contig, origin = str(record.name).split(":")
            bases = list(str(record.sequence))
            for position, base in wanted.get(contig.removeprefix("chr"), {}).items():
                if 0 <= position - int(origin) < len(bases):
                    bases[position - int(origin)] = base
            out.write(f">{record.name}\n{''.join(bases)}\n")
    return path


def art_pairs(
    folder: Path, haplotype: Path, depth: float, *, seed: int
) -> Iterator[tuple[pysam.AlignedSegment, pysam.AlignedSegment]]:
    """Pairs of ART's reads at their true places, the first mate first."""
    size = ["-l", str(READ_BP), "-m", str(INSERT_BP), "-s", str(INSERT_SD), "-f", f"{depth:.4f}"]
    command = ["art_illumina", "-ss", "HS25", "-i", str(haplotype), "-p", *size, "-rs", str(seed)]
    # its SAM lines of reads with gaps cannot be read
    command += [word for kind in ("-ir", "-ir2", "-dr", "-dr2") for word in (kind, "0")]
    command += ["-sam", "-na", "-q", "-o", str(folder / "art")]
    subprocess.run(command, check=True, capture_output=True)
    with pysam.AlignmentFile(str(folder / "art.sam"), check_sq=False) as records:
        rows = iter(records)
        for row, mate in zip(rows, rows, strict=True):
            yield (row, mate) if row.is_read1 else (mate, row)


def damaged(
    pairs: Iterator[tuple[pysam.AlignedSegment, pysam.AlignedSegment]],
    slices: Path,
    damage: MoleculeDamage,
    seed: int,
) -> Iterator[tuple[pysam.AlignedSegment, pysam.AlignedSegment]]:
    """The pairs with the damage of their molecule, which both mates show."""
    if not damage.deamination + damage.oxidation:
        yield from pairs
        return
    rates = site_rates(slices, damage, seed)
    rng = np.random.default_rng([seed, 80])
    for first, second in pairs:
        start = min(first.reference_start, second.reference_start)
        end = max(first.reference_start, second.reference_start) + READ_BP
        strands = (False, True) if damage.copied else (first.is_reverse,)
        for reverse in strands:
            for (old, new), rate in rates[reverse].items():
                of_molecule = rate[str(first.reference_name)][start:end]
                hit = start + np.flatnonzero(rng.random(len(of_molecule)) < of_molecule)
                for mate in (first, second) if len(hit) else ():
                    put(mate, hit, old, new)
        yield first, second


def site_rates(
    slices: Path, damage: MoleculeDamage, seed: int
) -> tuple[dict[tuple[str, str], dict[str, NDArray[np.float64]]], ...]:
    """For the plus and the minus strand, by change as the plus strand has it and slice: the rate at each place."""
    rng = np.random.default_rng([seed, 81])
    changes = ((("C", "T"), ("G", "A"), damage.deamination), (("G", "T"), ("C", "A"), damage.oxidation))
    rates: tuple[dict[tuple[str, str], dict[str, NDArray[np.float64]]], ...] = ({}, {})
    with pysam.FastxFile(str(slices)) as records:
        for record in records:
            bases = str(record.sequence)
            for plus, minus, mean in changes:
                for reverse, (old, new) in enumerate((plus, minus)):
                    beside = [
                        bases[i : i + 2] if not reverse else bases[i - 1 : i + 1] for i in range(len(bases))
                    ]
                    context = np.where((np.array(beside) == "CG") & (mean == damage.deamination), 3.0, 1.0)
                    known = np.array([base == old for base in bases])
                    rate = mean * context * rng.gamma(damage.shape, 1 / damage.shape, len(bases)) * known
                    rates[reverse].setdefault((old, new), {})[str(record.name)] = rate
    return rates


def put(mate: pysam.AlignedSegment, places: NDArray[np.int64], old: str, new: str) -> None:
    """Write `new` for `old` at places of the slice that a read shows."""
    bases, qualities = list(str(mate.query_sequence)), mate.query_qualities
    for column in (places - mate.reference_start).tolist():
        if 0 <= column < len(bases) and bases[column] == old:
            bases[column] = new
    mate.query_sequence = "".join(bases)
    mate.query_qualities = qualities


def fastq(mate: pysam.AlignedSegment, prefix: str) -> str:
    """The read as the machine read it."""
    qualities = pysam.qualities_to_qualitystring(mate.get_forward_qualities() or ())
    return f"@{prefix}{mate.query_name}\n{mate.get_forward_sequence()}\n+\n{qualities}\n"


if __name__ == "__main__":
    main()
