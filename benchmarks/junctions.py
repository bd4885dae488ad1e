"""Junctions found in simulated reads, by copies and purity, and what is found where there is none.

    python benchmarks/junctions.py --seeds 0-19 --output FOLDER          # genomes with junctions
    python benchmarks/junctions.py --none --seeds 0-19 --output FOLDER   # genomes without a somatic one
    python benchmarks/junctions.py --cost FOLDER                         # seconds and bytes at 100x
    python benchmarks/junctions.py --sum FOLDER                          # the stored tables from all pieces

A genome is the 200 kb around ERBB2 (real sequence) and PTEN, CDKN2A and B2M (drawn), a tumour of 60x and a normal of
30x. One with junctions has an amplicon of 13 copies with, on 1 to 8 of them, two internal deletions of ERBB2, a
doubled part, a fold-back, a translocation to PTEN, the head-to-tail junction on 12, and a deletion of PTEN on one copy.
One without has chimeras in 0.5, 1 or 3 % of its fragments (half of them inverted nearby), four inherited junctions,
two that mapping invents at repeats, and in every fourth no normal. Copies and purity are given as known.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from refractor.genome.builds import GenomeBuild  # noqa: E402
from refractor.genome.panel import load_panel  # noqa: E402
from refractor.reads.alignment import Alignment, open_alignment  # noqa: E402
from refractor.results.copy_number_tables import Amplicon as FoundAmplicon  # noqa: E402
from refractor.results.copy_number_tables import (  # noqa: E402
    Focality,
    GeneCopyNumber,
    PurityMethod,
    PurityPloidy,
    PurityStatus,
)
from refractor.results.junction_tables import Junction  # noqa: E402
from refractor.variants.files.structural_variants import Breakpoint  # noqa: E402
from refractor.variants.junctions.find import CopiesKnown, FoundJunctions, find_junctions  # noqa: E402
from refractor.variants.junctions.places import Place, places_of  # noqa: E402
from refractor.vocabulary import CopyNumberCall, Side  # noqa: E402
from synthetic.bam import write_bam  # noqa: E402
from synthetic.chimeras import chimeric_reads  # noqa: E402
from synthetic.drawn_fragments import Library  # noqa: E402
from synthetic.events import Amplicon, CopyNumberSegment, Haplotype, Rearrangement, tandem_junction  # noqa: E402
from synthetic.genomes import Coverage, Ground, normal_truth, prepare_ground  # noqa: E402
from synthetic.junction_reads import junction_reads, sequence_joined  # noqa: E402
from synthetic.person import inherit  # noqa: E402
from synthetic.reads import sequence  # noqa: E402
from synthetic.sequencing import ReadModel  # noqa: E402
from synthetic.territory import Region  # noqa: E402
from synthetic.truth import TumorTruth  # noqa: E402

BUILD = GenomeBuild.GRCH38
RESULTS = ROOT / "benchmarks" / "results"
AMPLICON = Amplicon("17", 39_620_000, 39_770_000, 12)
GENES = ("ERBB2", "PTEN", "CDKN2A", "B2M")
PURITIES, COPIES = (0.2, 0.4, 0.7), (1, 2, 4, 8)
TUMOR_DEPTH, NORMAL_DEPTH = 60.0, 30.0
CHIMERAS = (0.005, 0.01, 0.03)
NEAR_BP = 10


@dataclass(frozen=True)
class Genome:
    """A tumour, its chimeras, and junctions that only mapping invents, in tumour and normal alike or badly placed."""

    truth: TumorTruth
    model: ReadModel
    invented: tuple[Rearrangement, ...] = ()
    with_normal: bool = True


def introns(gene: str, rng: np.random.Generator, count: int) -> list[int]:
    """Places in different introns, at least 1.5 kb apart, ascending."""
    found = load_panel(BUILD).genes[gene]
    gaps = [(a[1], b[0]) for a, b in zip(found.exons[:-1], found.exons[1:], strict=True) if b[0] - a[1] > 200]
    chosen: list[int] = []
    while len(chosen) < count:
        low, high = gaps[rng.integers(len(gaps))]
        place = int(rng.integers(low + 50, high - 50))
        if all(abs(place - other) > 1_500 for other in chosen):
            chosen.append(place)
    return sorted(chosen)


def with_junctions(seed: int) -> Genome:
    """Seven junctions on one amplified and one other chromosome."""
    rng = np.random.default_rng([19, seed])
    purity = PURITIES[seed % 3]
    a, b, c, d, e, f, g = introns("ERBB2", rng, 7)
    away, p, q = introns("PTEN", rng, 3)
    copies = [int(rng.choice(COPIES)) for _ in range(5)]
    back = int(rng.integers(2_000, 20_000))
    junctions = (
        tandem_junction(AMPLICON),
        joined("17", a, Side.BEFORE, "17", b, Side.AFTER, copies[0]),
        joined("17", c, Side.AFTER, "17", d, Side.BEFORE, copies[1]),
        joined("17", e, Side.BEFORE, "17", f, Side.AFTER, copies[2]),
        joined("17", g, Side.BEFORE, "10", away, Side.AFTER, copies[3]),
        joined(
            "17", AMPLICON.end - 5_000 - back, Side.BEFORE, "17", AMPLICON.end - 5_000, Side.BEFORE, copies[4]
        ),
        joined("10", p, Side.BEFORE, "10", q, Side.AFTER, None),
    )
    truth = TumorTruth(
        sample=f"J{seed}",
        build=BUILD,
        purity=purity,
        segments=(CopyNumberSegment("10", p + 1, q, 1, 0, major_on=Haplotype.B),),
        amplicons=(AMPLICON,),
        rearrangements=junctions,
    )
    return Genome(truth, ReadModel(chimera_fraction=0.005))


def joined(
    one: str, place: int, side: Side, other: str, there: int, kept: Side, copies: int | None
) -> Rearrangement:
    return Rearrangement(Breakpoint(one, place, side), Breakpoint(other, there, kept), copies)


def without_junctions(seed: int) -> Genome:
    """Chimeras, inherited junctions and invented ones only; every other genome is amplified."""
    rng = np.random.default_rng([191, seed])
    a, b, c, d = introns("ERBB2", rng, 4)
    p, q, r, s = introns("PTEN", rng, 4)
    inherited = (
        joined("17", a, Side.BEFORE, "17", b, Side.AFTER, None),
        joined("17", c, Side.AFTER, "10", p, Side.BEFORE, None),
        joined("10", q, Side.BEFORE, "10", r, Side.AFTER, None),
        joined("10", s - 3_000, Side.BEFORE, "10", s, Side.BEFORE, None),
    )
    haplotypes = [Haplotype.A if rng.random() < 0.5 else Haplotype.B for _ in inherited]
    germline = tuple(
        replace(item, germline=True, haplotype=row) for item, row in zip(inherited, haplotypes, strict=True)
    )
    x, y = (int(rng.integers(39_600_000, 39_690_000)) for _ in range(2))
    invented = (
        joined("17", x, Side.BEFORE, "10", p + 5_000, Side.AFTER, None),
        joined("17", d, Side.AFTER, "17", y, Side.AFTER, None),
    )
    truth = TumorTruth(
        sample=f"N{seed}",
        build=BUILD,
        purity=PURITIES[seed % 3],
        amplicons=(AMPLICON,) if seed % 2 else (),
        rearrangements=germline,
    )
    model = ReadModel(chimera_fraction=CHIMERAS[seed // 3 % 3], near_chimeras=0.5)
    return Genome(truth, model, invented, with_normal=seed % 4 != 3)


def ground() -> Ground:
    panel = load_panel(BUILD)
    regions = tuple(
        Region(gene.chromosome, gene.cds[0][0] - 1_000, gene.cds[-1][1] + 1_000)
        for gene in (panel.genes[name] for name in GENES[1:])
    )
    return prepare_ground(BUILD, Coverage(panel=False, around=regions))


def write(genome: Genome, land: Ground, path: Path, *, truth: TumorTruth, depth: float, seed: int) -> None:
    person = inherit(land.territory, land.snps, seed=seed)
    library = Library(truth, land.territory, person.bases, depth, seed, genome.model)
    rng = np.random.default_rng([seed, len(truth.sample)])
    invented = sequence_joined(
        library, genome.invented * int(depth / 5), batch=99_997, rng=rng, mapping_quality=8
    )
    blocks = [
        block for block in (junction_reads(library), chimeric_reads(library), invented) if block is not None
    ]
    write_bam(path, chain(blocks, sequence(library)), build=BUILD, sample=truth.sample, comments=())


def known(truth: TumorTruth) -> CopiesKnown:
    """Purity and copies as a fit would tell them, 10 % to either side."""
    genes = []
    for name in GENES:
        gene = load_panel(BUILD).genes[name]
        copies = truth.tumor_copies_at(gene.chromosome, gene.cds[-1][1] - 1)
        genes.append(
            GeneCopyNumber(
                gene=name, chromosome=gene.chromosome, start=gene.start, end=gene.end, copy_number=copies,
                copy_number_low=0.9 * copies, copy_number_high=1.1 * copies, call=CopyNumberCall.NEUTRAL, source="reads",
            )
        )  # fmt: skip
    purity = PurityPloidy(
        purity=truth.purity, purity_low=0.9 * truth.purity, purity_high=min(1.0, 1.1 * truth.purity), ploidy=2.0,
        method=PurityMethod.FITTED, status=PurityStatus.OK,
    )  # fmt: skip
    amplicons = [
        FoundAmplicon(
            chromosome=item.chromosome,
            start=item.start + 8_000,
            end=item.end - 8_000,
            focality=Focality.FOCAL,
        )
        for item in truth.amplicons
    ]
    return CopiesKnown(purity, genes, amplicons)


def searched(genome: Genome, land: Ground, folder: Path, seed: int) -> tuple[FoundJunctions, float]:
    """What is found, and the seconds of the processor that it took."""
    tumor_path, normal_path = folder / f"{seed}.bam", folder / f"{seed}n.bam"
    write(genome, land, tumor_path, truth=genome.truth, depth=TUMOR_DEPTH, seed=seed)
    write(genome, land, normal_path, truth=normal_truth(genome.truth), depth=NORMAL_DEPTH, seed=seed)
    begun = time.process_time()
    panel = load_panel(BUILD)
    with (
        open_alignment(tumor_path, reference=None) as tumor,
        open_alignment(normal_path, reference=None) as normal,
    ):
        facts = known(genome.truth)
        found = find_junctions(
            tumor,
            normal if genome.with_normal else None,
            places_of(panel, facts.amplicons),
            genes=panel.genes,
            known=facts,
        )
    seconds = time.process_time() - begun
    for path in (tumor_path, normal_path):
        path.unlink()
        path.with_name(path.name + ".bai").unlink()
    return found, seconds


def matches(junction: Junction, item: Rearrangement) -> bool:
    ends = [(item.first.chromosome, item.first.position), (item.second.chromosome, item.second.position)]
    places = [
        (junction.chromosome, junction.position),
        (junction.partner_chromosome, junction.partner_position),
    ]
    return any(
        all(a[0] == b[0] and abs(a[1] - b[1]) <= NEAR_BP for a, b in zip(places, order, strict=True))
        for order in (ends, ends[::-1])
    )


def score(genome: Genome, found: FoundJunctions, seed: int, seconds: float) -> list[dict[str, object]]:
    """One row a true junction, and one a believed one that is none."""
    rows: list[dict[str, object]] = []
    facts = {
        "seed": seed,
        "purity": genome.truth.purity,
        "chimeras": genome.model.chimera_fraction,
        "seconds": seconds,
    }
    somatic = [item for item in genome.truth.rearrangements if not item.germline]
    for item in somatic:
        copies = sum(genome.truth.junction_copies(item))
        hits = [one for one in found.junctions if matches(one, item)]
        believed = [one for one in hits if one.believed]
        one = believed[0] if believed else hits[0] if hits else None
        rows.append(
            facts | {
                "kind": "true", "copies": copies, "found": bool(believed), "filters": ",".join(one.filters) if one else "",
                "fragments": one.fragments if one else 0, "estimate": one.copies if one else None,
                "low": one.copies_low if one else None, "high": one.copies_high if one else None,
            }
        )  # fmt: skip
    false = [
        one for one in found.junctions if one.believed and not any(matches(one, item) for item in somatic)
    ]
    rows += [
        facts | {"kind": "false", "found": True, "fragments": one.fragments, "filters": f"{one.chromosome}:{one.position}-{one.partner_chromosome}:{one.partner_position} {one.kind}"}
        for one in false
    ]  # fmt: skip
    filtered = sum(not one.believed for one in found.junctions)
    return [
        *rows,
        facts
        | {
            "kind": "genome",
            "found": False,
            "fragments": filtered,
            "filters": "" if genome.with_normal else "no normal",
        },
    ]


def run(arguments: argparse.Namespace) -> None:
    first, _, last = arguments.seeds.partition("-")
    land = ground()
    rows: list[dict[str, object]] = []
    for seed in range(int(first), int(last or first) + 1):
        genome = without_junctions(seed) if arguments.none else with_junctions(seed)
        found, seconds = searched(genome, land, arguments.output, seed)
        rows += score(genome, found, seed, seconds)
        name = f"{'none' if arguments.none else 'some'}-{first}.tsv"
        pd.DataFrame(rows).to_csv(arguments.output / name, sep="\t", index=False)


def pieces(folder: Path, kind: str) -> pd.DataFrame:
    """The rows of all pieces, each seed once."""
    tables: list[pd.DataFrame] = []
    seen: set[int] = set()
    for path in sorted(folder.glob(f"{kind}-*.tsv")):
        table = pd.read_csv(path, sep="\t")
        tables.append(table[~table["seed"].isin(seen)])
        seen |= set(table["seed"])
    return pd.concat(tables)


def summed(folder: Path) -> None:
    """Write the stored tables: recall and copies by purity and copies, and the genomes without a junction."""
    some, none = (pieces(folder, kind) for kind in ("some", "none"))
    true = some[some["kind"] == "true"].copy()
    seen = true["found"] & true["estimate"].notna()
    true["covered"] = (true["low"] <= true["copies"]) & (true["copies"] <= true["high"])
    true["error"] = (true["estimate"] / true["copies"] - 1).abs()
    rows = []
    for (purity, copies), group in true.groupby(["purity", "copies"]):
        hit = group[seen.loc[group.index].to_numpy() & group["found"].to_numpy()] if len(group) else group
        rows.append(
            {
                "purity": purity, "copies": copies, "junctions": len(group), "found": int(group["found"].sum()),
                "recall": group["found"].mean(), "copies_in_range": hit["covered"].mean(), "median_error": hit["error"].median(),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    believed = int(true["found"].sum())
    false = int((some["kind"] == "false").sum())
    table.to_csv(RESULTS / "junctions.tsv", sep="\t", index=False, float_format="%.3f")
    genomes = none[none["kind"] == "genome"]
    quiet = (
        genomes.assign(no_normal=genomes["filters"].eq("no normal"))
        .groupby(["chimeras", "no_normal"])
        .agg(genomes=("seed", "size"), filtered=("fragments", "sum"))
        .reset_index()
    )
    quiet["believed"] = [
        int(((none["kind"] == "false") & (none["chimeras"] == row.chimeras)).sum())
        for row in quiet.itertuples()
    ]
    quiet.to_csv(RESULTS / "junctions_none.tsv", sep="\t", index=False)
    print(
        table.to_string(),
        f"\nprecision {believed} of {believed + false}; seconds {some['seconds'].median():.2f}",
    )
    print(quiet.to_string())


def timed(folder: Path) -> None:
    """What the search costs at 100x: an ERBB2 amplicon of 30 copies, every gene that is searched, both borders."""
    panel = load_panel(BUILD)
    amplicon = replace(AMPLICON, copies=29)
    truth = TumorTruth(
        sample="C",
        build=BUILD,
        purity=0.6,
        amplicons=(amplicon,),
        rearrangements=(tandem_junction(amplicon),),
    )
    facts = known(truth)
    places = places_of(panel, facts.amplicons)
    around = tuple(Region(*place.interval) for place in places)
    land = prepare_ground(BUILD, Coverage(panel=False, around=around))
    genome = Genome(truth, ReadModel(chimera_fraction=0.005))
    paths = [folder / f"{name}.bam" for name in ("cost", "cost-normal")]
    write(genome, land, paths[0], truth=truth, depth=100.0, seed=1)
    write(genome, land, paths[1], truth=normal_truth(truth), depth=40.0, seed=1)
    with (
        open_alignment(paths[0], reference=None) as tumor,
        open_alignment(paths[1], reference=None) as normal,
    ):
        begun, clock = time.process_time(), time.perf_counter()
        found = find_junctions(tumor, normal, places, genes=panel.genes, known=facts)
        spent, passed = time.process_time() - begun, time.perf_counter() - clock
        read = bytes_over(tumor, places)
    bases = sum(place.interval[2] - place.interval[1] for place in places)
    row = {
        "depth": 100, "places": len(places), "bases": bases, "compressed_bytes": read, "cpu_seconds": round(spent, 2),
        "seconds": round(passed, 2), "believed": sum(one.believed for one in found.junctions),
    }  # fmt: skip
    pd.DataFrame([row]).to_csv(RESULTS / "junctions_cost.tsv", sep="\t", index=False)
    print(row)


def bytes_over(tumor: Alignment, places: Sequence[Place]) -> int:
    """Compressed bytes between the first and the last record of each place."""
    total = 0
    for place in places:
        at = [tumor.file.tell() >> 16 for _ in tumor.fetch(*place.interval)]
        total += at[-1] - at[0] if at else 0
    return total


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seeds", default="0")
    options.add_argument("--none", action="store_true")
    options.add_argument("--output", type=Path, default=Path("junctions"))
    options.add_argument("--sum", type=Path, dest="folder")
    options.add_argument("--cost", type=Path, help="folder for the reads whose search is timed")
    arguments = options.parse_args()
    if arguments.cost is not None:
        timed(arguments.cost)
        return
    if arguments.folder is not None:
        summed(arguments.folder)
        return
    arguments.output.mkdir(parents=True, exist_ok=True)
    run(arguments)


if __name__ == "__main__":
    main()
