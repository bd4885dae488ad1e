"""Small variants in plain, damaged and shallow samples: ours with and without a normal, freebayes and bcftools.

    python benchmarks/damaged_variants.py                       # seeds that development never used
    python benchmarks/damaged_variants.py --pairs 1 --first-seed 1 --output-dir /tmp/try --keep /tmp/pairs

Pairs as in benchmarks/variants.py, at 60x with a normal of 30x. `oxog` and `ffpe` have damage of one strand of the
molecule (synthetic.damage), so that both mates agree and the pair's orientation is fixed; in `oxog_hot` and `ffpe_hot`
few places take most of it, and the latter shows C>T in either orientation, as where strands were copied before adapters;
`low` is plain at 30x, `deep` at about 100x. Writes damaged_variants.tsv (one row a condition and caller) and damaged_variants_pairs.tsv.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from variant_callers import Called, called_by_all  # noqa: E402
from variant_genomes import (  # noqa: E402
    BUILD,
    NoiseModel,
    Spike,
    benchmark_ground,
    spikes,
    write_fasta,
    write_pair,
    write_regions,
)
from variant_scoring import match_calls  # noqa: E402
from variants import f1, quality_cuts  # noqa: E402

from refractor.genome.panel import load_panel  # noqa: E402
from refractor.genome.reference import Reference  # noqa: E402
from synthetic.damage import Damage  # noqa: E402
from synthetic.genomes import Ground  # noqa: E402
from synthetic.sequencing import ReadModel  # noqa: E402

FRESH_SEED = 8_410_000
NORMAL_DEPTH = 30.0
PLAN = {
    ("hotspot", 0.05): 25,
    ("hotspot", 0.10): 15,
    ("snv", 0.05): 20,
    ("snv", 0.10): 25,
    ("snv", 0.15): 15,
}


@dataclass(frozen=True)
class Condition:
    """A kind of sample: depth, library, and mistakes of the fragments."""

    depth: float
    model: ReadModel


CONDITIONS = {
    "plain": Condition(60.0, ReadModel()),
    "oxog": Condition(60.0, ReadModel(damage=Damage(oxidation=1.2e-3))),
    "oxog_hot": Condition(60.0, ReadModel(insert_mean=260.0, damage=Damage(oxidation=2e-3, site_sd=1.6))),
    "ffpe": Condition(60.0, ReadModel(insert_mean=230.0, damage=Damage(deamination=1.2e-3))),
    "ffpe_hot": Condition(
        60.0, ReadModel(insert_mean=230.0, damage=Damage(deamination=1.5e-3, site_sd=1.6, copied=True))
    ),
    "low": Condition(30.0, ReadModel()),
    "deep": Condition(118.0, ReadModel()),
}


def pair_options(
    description: str | None, conditions: Iterable[str], *, pairs: int, first_seed: int
) -> argparse.Namespace:
    """The options of a benchmark of pairs in several conditions."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = list(conditions)
    parser.add_argument("--pairs", type=int, default=pairs, help="pairs of each condition")
    parser.add_argument("--conditions", nargs="+", default=names, choices=names)
    parser.add_argument("--first-seed", type=int, default=first_seed)
    parser.add_argument("--only-ours", action="store_true", help="without freebayes and bcftools")
    parser.add_argument("--keep", type=Path, help="folder where pairs are kept and found again")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args()


def main() -> None:
    options = pair_options(__doc__, CONDITIONS, pairs=3, first_seed=FRESH_SEED)
    options.output_dir.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="refractor") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        ground = benchmark_ground()
        fasta, bed = folder / "reference.fa", folder / "panel.bed"
        if not fasta.exists():
            write_fasta(fasta, ground)
            write_regions(bed)
        for number, kind in enumerate(options.conditions):
            for index in range(options.pairs):
                seed = options.first_seed + 100 * list(CONDITIONS).index(kind) + index
                chosen = spikes(seed, plan=PLAN)
                tumor, normal = pair_of(folder, ground, chosen, seed, CONDITIONS[kind])
                called = called_by_all(tumor, normal, fasta, bed, folder, only_ours=options.only_ours)
                rows += outcome_rows(kind, seed, chosen, called, fasta)
                if options.keep is None:
                    tumor.unlink()
                    normal.unlink()
            print(f"{number + 1} of {len(options.conditions)} conditions: {kind}", flush=True)
    write_tables(pd.DataFrame(rows), options.output_dir)


def pair_of(
    folder: Path, ground: Ground, chosen: list[Spike], seed: int, condition: Condition
) -> tuple[Path, Path]:
    """The pair's BAM files, as an earlier run kept them or new."""
    kept = folder / f"{seed}.tumor.bam", folder / f"{seed}.normal.bam"
    if all(path.with_name(path.name + ".bai").exists() for path in kept):
        return kept
    return write_pair(
        folder,
        ground,
        chosen,
        seed,
        depth=condition.depth,
        noise=NoiseModel(),
        normal_depth=NORMAL_DEPTH,
        model=condition.model,
    )


def outcome_rows(
    kind: str, seed: int, chosen: list[Spike], called: dict[str, Called], fasta: Path
) -> list[dict[str, object]]:
    """One row a caller: what it found by class, its false calls; a general caller at the QUAL of its best F1."""
    truth, panel = [spike.variant for spike in chosen], load_panel(BUILD)
    rows: list[dict[str, object]] = []
    with Reference(fasta, BUILD) as reference:
        for name, result in called.items():
            cuts = [0.0] if name.startswith(("ours", "SAGE")) else quality_cuts(result.scores.values())
            outcomes = [
                match_calls(truth, [v for v, quality in result.scores.items() if quality >= cut], reference)
                for cut in cuts
            ]
            hits, wrong = max(outcomes, key=lambda o: f1(len(o[0]), len(o[1]), len(truth)))
            listed = [v for v in wrong if panel.hotspot_at(v.chromosome, v.position, v.ref, v.alt)]
            row: dict[str, object] = {"condition": kind, "seed": seed, "caller": name, "truth": len(truth)}
            row |= {"found": len(hits), "false": len(wrong), "false_listed": len(listed)}
            row["false_calls"] = "; ".join(map(str, wrong))
            for spiked, vaf in PLAN:
                of_class = [s.variant for s in chosen if (s.kind, s.vaf) == (spiked, vaf)]
                row[f"{spiked} {vaf:.0%}"] = sum(variant in hits for variant in of_class)
                row[f"{spiked} {vaf:.0%} spiked"] = len(of_class)
            rows.append(row)
    return rows


def write_tables(rows: pd.DataFrame, folder: Path, *, stem: str = "damaged_variants") -> None:
    """One line a condition and caller, printed and written; the rows of each pair beside it."""
    rows.to_csv(folder / f"{stem}_pairs.tsv", sep="\t", index=False)
    lines = []
    for (kind, caller), part in rows.groupby(["condition", "caller"], sort=False):
        found, wrong, truth = (int(part[name].sum()) for name in ("found", "false", "truth"))
        line = {
            "condition": kind,
            "caller": caller,
            "pairs": len(part),
            "f1": round(f1(found, wrong, truth), 3),
        }
        line |= {"false": wrong, "false_listed": int(part["false_listed"].sum())}
        for spiked, vaf in PLAN:
            name = f"{spiked} {vaf:.0%}"
            line[name] = f"{int(part[name].sum())}/{int(part[f'{name} spiked'].sum())}"
        lines.append(line)
    table = pd.DataFrame(lines)
    table.to_csv(folder / f"{stem}.tsv", sep="\t", index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
