"""Junctions in reads that bwa mem and minimap2 aligned: what real aligners leave of homology, inserts and repeats.

    python benchmarks/aligned_junctions.py --seeds 0-3 --output FOLDER           # genomes with junctions
    python benchmarks/aligned_junctions.py --none --seeds 0-3 --output FOLDER    # without a somatic one
    python benchmarks/aligned_junctions.py --seeds 0-12 --settings all --in-turn --output FOLDER
    python benchmarks/aligned_junctions.py --sum FOLDER                          # the stored tables from all pieces

ERBB2's 200 kb are real, PTEN, CDKN2A and B2M drawn with copies of real repeats put in (rearranged_reads). A tumour of
60x has, in an amplicon of 5, 12 or 31 copies and outside, ten junctions; a normal of 30x none. Every genome has two
inherited junctions. Purity and copies are given as known. Needs apt-get install bwa minimap2 samtools.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from junctions import BUILD, PURITIES, RESULTS, introns, known  # noqa: E402
from rearranged_reads import (  # noqa: E402
    LETTERS,
    End,
    Genome,
    Joined,
    Library,
    Sample,
    molecules_of,
    write_fastq,
)

from refractor.genome.panel import load_panel  # noqa: E402
from refractor.reads.alignment import open_alignment  # noqa: E402
from refractor.results.junction_tables import Junction  # noqa: E402
from refractor.variants.junctions.find import FoundJunctions, find_junctions  # noqa: E402
from refractor.variants.junctions.places import places_of  # noqa: E402
from synthetic.bam import header_text  # noqa: E402
from synthetic.events import Amplicon  # noqa: E402
from synthetic.truth import TumorTruth  # noqa: E402

TUMOR_DEPTH, NORMAL_DEPTH, NEAR_BP = 60.0, 30.0, 15
START, END = 39_680_000, 39_735_000
TOTALS = (5, 12, 31)
COPIES = (1, 2, 4, 8, 11)
EXON_16 = (39_719_300, 39_720_100)
"""Within introns 15 and 16 of ERBB2 on GRCh38."""
MARKED = "samtools fixmate -m -u - - | samtools sort -u - | samtools markdup - {bam}"
SORTED = "samtools sort -o {bam} -"


@dataclass(frozen=True)
class Setting:
    """How a library is made and aligned; `changed` rewrites a line's fields as another program's."""

    aligner: str = "bwa mem -v 1"
    library: Library = field(default_factory=Library)
    finish: str = MARKED
    changed: Callable[[list[str]], list[str]] | None = None


def as_of_dragen(fields: list[str]) -> list[str]:
    """Mapping qualities up to 250, no MC and MQ, SA without its last semicolon and with = and X."""
    fields[4] = str(min(250, 4 * int(fields[4])))
    kept = [value for value in fields[11:] if not value.startswith(("MC:", "MQ:", "XS:", "MD:"))]
    kept = [value.rstrip(";").replace("M", "=") if value.startswith("SA:") else value for value in kept]
    return fields[:11] + kept


MINIMAP2 = "minimap2 -ax sr"
SETTINGS = {
    "bwa": Setting(),
    "minimap2": Setting(MINIMAP2),
    "bwa -Y": Setting("bwa mem -v 1 -Y"),
    "bwa -M": Setting("bwa mem -v 1 -M"),
    "bwa, copies not marked, no mate tags": Setting(finish=SORTED, changed=lambda fields: [value for value in fields if not value.startswith(("MC:", "MQ:"))]),
    "minimap2 -Y, copies not marked": Setting(f"{MINIMAP2} -Y", finish=SORTED),
    "as of DRAGEN": Setting("bwa mem -v 1 -Y", changed=as_of_dragen),
    "2x100, insert 250": Setting(library=Library(read=100, insert=250.0)),
    "2x250, insert 450": Setting(library=Library(read=250, insert=450.0)),
    "2x150, insert 160, adapters": Setting(library=Library(insert=160.0, insert_cv=0.35)),
    "2x150, insert 160, adapters, minimap2": Setting(MINIMAP2, Library(insert=160.0, insert_cv=0.35)),
    "fixed tissue: 3 % chimeras, 4 % folded, half twice": Setting(library=Library(insert=230.0, insert_cv=0.35, far=0.03, folded=0.04, twice=0.5)),
    "fixed tissue, copies not marked": Setting(library=Library(insert=230.0, insert_cv=0.35, far=0.03, folded=0.04, twice=0.5), finish=SORTED),
}  # fmt: skip


def near(genome: Genome, first: End, second: End, wanted: int, rng: np.random.Generator) -> tuple[End, End]:
    """Two ends within 150 bases of these that share the wanted bases; these where there are none."""
    for _ in range(20_000):
        moved = [replace(end, position=end.position + int(rng.integers(-150, 150))) for end in (first, second)]  # fmt: skip
        if genome.homology(*moved) >= wanted:
            return moved[0], moved[1]
    return first, second


def drawn(rng: np.random.Generator, least: int, most: int) -> bytes:
    """Inserted bases."""
    return bytes(rng.choice(LETTERS, int(rng.integers(least, most))))


def true_junctions(genome: Genome, seed: int, total: int) -> list[Joined]:
    """Ten junctions: six of the amplicon, three of PTEN and CDKN2A, one of B2M."""
    rng = np.random.default_rng([33, seed])
    a, b, c, d, e = introns("ERBB2", rng, 5)
    p, q, r = introns("PTEN", rng, 3)
    copies = [min(total - 1, int(rng.choice(COPIES))) for _ in range(5)]
    low, high = EXON_16
    x, y, z = int(rng.integers(low - 400, low)), int(rng.integers(high, high + 250)), int(rng.integers(70, 300))  # fmt: skip
    back = int(rng.integers(3_000, 15_000))
    return [
        Joined(*near(genome, End("17", a, True), End("17", b, False), 3, rng), copies[0], "deletion within ERBB2"),
        Joined(End("17", x, True), End("17", y, False), copies[1], "deletion of exon 16"),
        Joined(End("17", c, False), End("17", d, True), copies[2], "doubling, 1-15 bases put in", drawn(rng, 1, 15)),
        Joined(End("17", e, True), End("10", p, False), copies[3], "translocation, 20-38 bases put in", drawn(rng, 20, 38)),
        Joined(End("17", END - 6_000 - back, True), End("17", END - 6_000, True), copies[4], "fold-back"),
        Joined(End("17", END - 1, True), End("17", START, False), total - 1, "head to tail"),
        Joined(End("10", q, True), End("10", q + z, False), 1, "deletion 70-300"),
        Joined(End("10", r, False), End("10", r + int(rng.integers(400, 1_500)), True), 1, "doubling 0.4-1.5 kb"),
        Joined(*near(genome, End("9", 21_971_000, True), End("10", 87_900_000 + 97 * seed, True), 2, rng), 2, "translocation"),
        Joined(End("15", 44_712_500, True), End("15", 44_715_000, False), 1, "deletion 0.5-5 kb"),
    ]  # fmt: skip


def inherited(seed: int) -> list[Joined]:
    """Two inherited junctions of PTEN."""
    p, q, r, s = introns("PTEN", np.random.default_rng([34, seed]), 4)
    return [
        Joined(End("10", p, True), End("10", q, False), 1, "inherited", inherited=True),
        Joined(End("10", r, True), End("17", 39_640_000 + s % 5_000, True), 1, "inherited", inherited=True),
    ]


def sample_of(genome: Genome, truth: TumorTruth, junctions: list[Joined], depth: float) -> Sample:
    """Copies a cell of the mixture by stretch and junction."""
    purity, stretches = truth.purity, []
    for chromosome, origin, low, high in genome.stretches():
        edges = [0, high - low]
        if chromosome == "17" and truth.amplicons:
            edges[1:1] = [START - origin, END - origin]
        for start, end in pairwise(edges):
            tumor = truth.tumor_copies_at(chromosome, origin + start) if purity else 2
            copies = purity * tumor + 2 * (1 - purity)
            stretches.append((low + start, low + end, copies))
    counted = [(one, 1.0 if one.inherited else purity * one.copies) for one in junctions]
    return Sample(stretches, counted, depth)


def aligned(fasta: Path, fastq: tuple[Path, Path], bam: Path, setting: Setting, sample: str) -> None:
    """The reads placed by the setting's aligner, at the chromosomes' coordinates, sorted and indexed."""
    quiet = "-t 1" if setting.aligner.startswith("minimap2") else ""
    command = f"{setting.aligner} {quiet} -R '@RG\\tID:{sample}\\tSM:{sample}' {fasta} {fastq[0]} {fastq[1]}"
    placed = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)
    header = header_text(build=BUILD, sample=sample, comments=("SYNTHETIC: benchmark, aligned again",))
    header = header.replace("SO:coordinate", "SO:unsorted\tGO:query")
    lines = [_moved(line, setting) for line in placed.stdout.splitlines() if not line.startswith("@")]
    finish = setting.finish.format(bam=bam) + f" && samtools index {bam}"
    done = subprocess.run(finish, shell=True, check=False, capture_output=True, text=True, input=header + "\n".join(lines) + "\n")  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)


def _moved(line: str, setting: Setting) -> str:
    """A SAM line with the stretch's coordinates turned into the chromosome's, in its SA tag too."""
    fields = [value for value in line.split("\t") if not value.startswith("XA:")]
    own = fields[2].rpartition(":")
    if fields[2] != "*":
        fields[2], fields[3] = own[0], str(int(fields[3]) + int(own[2]))
    if fields[6] == "=":
        fields[7] = str(int(fields[7]) + int(own[2]))
    elif fields[6] != "*":
        name, _, origin = fields[6].rpartition(":")
        fields[6], fields[7] = name, str(int(fields[7]) + int(origin))
    fields[11:] = [_moved_tag(value) if value.startswith("SA:") else value for value in fields[11:]]
    return "\t".join(setting.changed(fields) if setting.changed else fields)


def _moved_tag(tag: str) -> str:
    entries = []
    for entry in tag[5:].rstrip(";").split(";"):
        place, position, rest = entry.split(",", 2)
        name, _, origin = place.rpartition(":")
        entries.append(f"{name},{int(position) + int(origin)},{rest};")
    return "SA:Z:" + "".join(entries)


def matches(found: Junction, true: Joined) -> bool:
    """Whether both ends are those of the true junction, within NEAR_BP."""
    ends = [(end.chromosome, end.position, end.before) for end in (true.first, true.second)]
    places = [
        (found.chromosome, found.position, found.keeps == "before"),
        (found.partner_chromosome, found.partner_position, found.partner_keeps == "before"),
    ]
    return any(
        all(a[0] == b[0] and a[2] == b[2] and abs(a[1] - b[1]) <= NEAR_BP for a, b in zip(places, order, strict=True))
        for order in (ends, ends[::-1])
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One genome: its truth and all its junctions."""

    seed: int
    truth: TumorTruth
    junctions: list[Joined]


def case_of(genome: Genome, seed: int, *, none: bool) -> Case:
    """The genome of a seed; of those without a somatic junction every other one is amplified."""
    total = TOTALS[seed // 3 % 3]
    amplicons = () if none and seed % 2 else (Amplicon("17", START, END, total - 1),)
    truth = TumorTruth(sample=f"A{seed}", build=BUILD, purity=PURITIES[seed % 3], amplicons=amplicons)
    somatic = [] if none else true_junctions(genome, seed, total)
    return Case(seed, truth, somatic + inherited(seed))


def found_in(case: Case, paths: tuple[Path, Path]) -> tuple[FoundJunctions, float]:
    """What is found in the aligned reads, and the seconds of the processor that it took."""
    facts = known(case.truth if case.truth.amplicons else _as_if_amplified(case.truth))
    panel = load_panel(BUILD)
    begun = time.process_time()
    with open_alignment(paths[0], reference=None) as tumor, open_alignment(paths[1], reference=None) as normal:  # fmt: skip
        found = find_junctions(
            tumor, normal, places_of(panel, facts.amplicons), genes=panel.genes, known=facts
        )
    return found, time.process_time() - begun


def _as_if_amplified(truth: TumorTruth) -> TumorTruth:
    """Borders are looked at all the same."""
    return replace(truth, amplicons=(Amplicon("17", START, END, 1),))


def rows_of(case: Case, found: FoundJunctions, name: str, seconds: float) -> list[dict[str, object]]:
    """True junctions, believed ones that are none, and the genome."""
    common = {"seed": case.seed, "setting": name, "purity": case.truth.purity, "seconds": round(seconds, 2)}
    rows: list[dict[str, object]] = []
    somatic = [one for one in case.junctions if not one.inherited]
    for true in somatic:
        hits = [one for one in found.junctions if matches(one, true)]
        one = next((hit for hit in hits if hit.believed), hits[0] if hits else None)
        rows.append(
            common | {
                "row": "true", "kind": true.kind, "copies": true.copies, "found": bool(one and one.believed),
                "filters": ",".join(one.filters) if one else "unseen", "fragments": one.fragments if one else 0,
                "estimate": one.copies if one else None, "low": one.copies_low if one else None, "high": one.copies_high if one else None,
                "where": f"{true.first.chromosome}:{true.first.position}-{true.second.chromosome}:{true.second.position}",
            }
        )  # fmt: skip
    for one in found.junctions:
        if one.believed and not any(matches(one, true) for true in somatic):
            where = f"{one.chromosome}:{one.position}-{one.partner_chromosome}:{one.partner_position}"
            rows.append(common | {"row": "false", "kind": str(one.kind), "found": True, "fragments": one.fragments, "where": where})  # fmt: skip
    tested = sum(search.status == "tested" for search in found.searches)
    doubted = sum(not one.believed for one in found.junctions)
    return [*rows, common | {"row": "genome", "fragments": doubted, "copies": tested}]


def one_genome(genome: Genome, fasta: Path, case: Case, names: list[str]) -> list[dict[str, object]]:
    """The rows of a genome under each setting; settings of one library share their molecules."""
    rows: list[dict[str, object]] = []
    folder = fasta.parent
    flat = replace(case.truth, purity=0.0, amplicons=())
    old = [one for one in case.junctions if one.inherited]
    fastq = {which: (folder / f"{case.seed}{which}1.fq", folder / f"{case.seed}{which}2.fq") for which in "tn"}  # fmt: skip
    made: Library | None = None
    for name in names:
        setting = SETTINGS[name]
        if setting.library != made:
            made = setting.library
            for which, sample in (("t", sample_of(genome, case.truth, case.junctions, TUMOR_DEPTH)), ("n", sample_of(genome, flat, old, NORMAL_DEPTH))):  # fmt: skip
                rng = np.random.default_rng([55, case.seed, ord(which)])
                pool, molecules = molecules_of(genome, sample, made, rng, case.seed)
                write_fastq(pool, molecules, made, fastq[which], rng)
        paths = folder / f"{case.seed}t.bam", folder / f"{case.seed}n.bam"
        for which, path in zip("tn", paths, strict=True):
            aligned(fasta, fastq[which], path, setting, f"A{case.seed}{which}")
        found, seconds = found_in(case, paths)
        rows += rows_of(case, found, name, seconds)
    for path in (*paths, *(path.with_name(path.name + ".bai") for path in paths), *fastq["t"], *fastq["n"]):
        path.unlink()
    return rows


def bands(copies: pd.Series) -> pd.Series:
    """The copies in four classes."""
    return pd.cut(copies, [0, 1, 4, 11, 1000], labels=["1", "2-4", "5-11", "30"]).astype(str)


def summed(folder: Path) -> None:
    """Write and print recall and copies by setting, purity and copies; and what was believed falsely."""
    table = pd.concat([pd.read_csv(path, sep="\t") for path in sorted(folder.glob("*.tsv"))])
    table.to_csv(RESULTS / "aligned_junctions.tsv", sep="\t", index=False, float_format="%.4g")
    true = table[table["row"] == "true"].copy()
    true["copies_of"] = bands(true["copies"])
    true["in_range"] = true["found"] & (true["low"] <= true["copies"]) & (true["copies"] <= true["high"])
    true["off"] = np.where(true["found"], (true["estimate"] / true["copies"] - 1).abs(), np.nan)
    for keys in (["setting"], ["setting", "purity", "copies_of"], ["setting", "kind"]):
        chosen = true if keys == ["setting"] else true[true["setting"].isin(["bwa", "minimap2"])]
        grouped = chosen.groupby(keys)
        print(grouped.agg(n=("found", "size"), found=("found", "sum"), in_range=("in_range", "sum"), off=("off", "median")).to_string())  # fmt: skip
    missed = true[~true["found"].astype(bool)]
    print(missed.groupby(["filters"]).size().to_string())
    none = table[~table.set_index(["seed", "setting"]).index.isin(true.set_index(["seed", "setting"]).index)]
    genomes = none[none["row"] == "genome"].groupby("setting").agg(genomes=("seed", "size"), doubted=("fragments", "sum"))  # fmt: skip
    genomes["believed"] = none[none["row"] == "false"].groupby("setting").size()
    print(genomes.fillna(0).to_string())
    print(table[table["row"] == "false"].to_string())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    options.add_argument("--seeds", default="0")
    options.add_argument("--none", action="store_true")
    options.add_argument("--settings", nargs="+", default=["bwa", "minimap2"], choices=[*SETTINGS, "all"])
    options.add_argument("--in-turn", action="store_true", help="of the settings one a genome, by its seed")
    options.add_argument("--output", type=Path, default=Path("aligned"))
    options.add_argument("--sum", type=Path, dest="folder")
    arguments = options.parse_args()
    if arguments.folder is not None:
        summed(arguments.folder)
        return
    names = list(SETTINGS) if arguments.settings == ["all"] else arguments.settings
    kind = "none" if arguments.none else "some"
    first, _, last = arguments.seeds.partition("-")
    work = arguments.output / f"work-{kind}-{first}"
    work.mkdir(parents=True, exist_ok=True)
    genome, fasta = Genome(), work / "slices.fa"
    genome.write_fasta(fasta)
    subprocess.run(["bwa", "index", str(fasta)], check=True, capture_output=True)
    for seed in range(int(first), int(last or first) + 1):
        chosen = [names[seed % len(names)]] if arguments.in_turn else names
        rows = one_genome(genome, fasta, case_of(genome, seed, none=arguments.none), chosen)
        for row in rows:
            row["none"] = arguments.none
        path = arguments.output / f"{kind}-{seed}-{len(chosen)}.tsv"
        pd.DataFrame(rows).to_csv(path, sep="\t", index=False)
        print(path.name, sum(row["row"] == "true" and bool(row["found"]) for row in rows), flush=True)


if __name__ == "__main__":
    main()
