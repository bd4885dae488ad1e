"""Copies as the pipeline gives them: genomes of copy_number.py that reads leave unsure, with the substitutions of their windows.

    python benchmarks/copy_number_substitutions.py benchmarks/results/copy_number_genomes.tsv --name copy_number_substitutions

Each genome with a share under 0.95 is simulated and fitted again with its own mutations (`somatic_vaf.in_windows`); the others
stand as they were, as nothing is weighed there. Writes one row a genome (NAME_genomes.tsv) and the summary (NAME.tsv).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

import copy_number  # noqa: E402
import somatic_vaf  # noqa: E402

from refractor.reads.windows_to_read import Sites  # noqa: E402
from refractor.variants.somatic_alleles import SomaticAlleles  # noqa: E402
from synthetic.somatic_snvs import mutation_recipe  # noqa: E402
from synthetic.window_genomes import TrueGenome  # noqa: E402


def substitutions(
    genome: TrueGenome, sites: Sites, depth: float, seed: int, *, per_megabase: float
) -> SomaticAlleles:
    """The substitutions that reads of the windows show of a genome."""
    rng = np.random.default_rng([seed, 23])
    recipe = mutation_recipe(rng, fractions=genome.fractions, depth=depth)
    return somatic_vaf.in_windows(genome, sites, recipe, per_megabase, rng)


def refitted(rows: pd.DataFrame, per_megabase: float) -> pd.DataFrame:
    """The rows, those unsure by reads with their substitutions; a column `with_substitutions` says which."""
    again = partial(
        copy_number.run_one,
        tumor_only=False,
        windows=None,
        somatic_of=partial(substitutions, per_megabase=per_megabase),
    )
    unsure = (rows.best_share < copy_number.SURE) & rows.has_normal
    made = [asdict(again(str(row.group), int(row.seed))) for row in rows[unsure].itertuples()]
    table = pd.concat([rows[~unsure], pd.DataFrame(made)], ignore_index=True)
    table["with_substitutions"] = np.arange(len(table)) >= (~unsure).sum()
    return table


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path, nargs="+", help="genomes of copy_number.py, of BAMs with a normal")
    parser.add_argument("--per-megabase", type=float, default=4.0)
    parser.add_argument("--name", default="copy_number_substitutions")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    arguments = parser.parse_args()
    before = pd.concat([pd.read_csv(path, sep="\t") for path in arguments.rows], ignore_index=True)
    table = refitted(before, arguments.per_megabase)
    out = arguments.output_dir
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / f"{arguments.name}_genomes.tsv", sep="\t", index=False, float_format="%.4g")
    columns = ["quantity", "goal", "result"]
    summary = pd.DataFrame(copy_number.summarise(table), columns=columns)
    summary.to_csv(out / f"{arguments.name}.tsv", sep="\t", index=False)
    print(summary.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
