"""Draft a table of own genes for `panel:` (docs/panel.md) from MANE Select and UCSC's gene models.

Each gene is given with its role, NTRK1=oncogene or BRCA2=tumor_suppressor. Ends with 2, and writes nothing, where a gene has no
MANE Select transcript, no model on one of the builds, or another protein on one than on the other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from refractor.errors import InputError, Problem
from refractor.files.atomic import written_aside
from refractor.genome.builds import UCSC_NAMES, GenomeBuild
from refractor.genome.own_genes import COLUMNS, read_own_genes
from refractor.genome.panel import unversioned
from refractor.step import run_step
from resource_building.gene_models import Identifiers, Model, read_mane, read_models

TABLES = {
    GenomeBuild.GRCH37: ("refGene.txt.gz", "wgEncodeGencodeCompV31lift37.txt.gz"),
    GenomeBuild.GRCH38: ("refGene.txt.gz", "wgEncodeGencodeCompV31.txt.gz"),
}
WHY = "target of a drug, or a suppressor that one exploits"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    made.add_argument("genes", nargs="+", metavar="SYMBOL=ROLE")
    made.add_argument("--mane", type=Path, required=True, help="summary of MANE (NCBI, EMBL-EBI)")
    made.add_argument(
        "--ucsc",
        type=Path,
        required=True,
        help="folder with hg19/ and hg38/ of UCSC's refGene.txt.gz and GENCODE tables, as in the source distribution of the "
        "PyPI package annot-utils 0.3.1",
    )
    made.add_argument("--why", default=WHY, help="why the genes are wanted, for the readers of the table")
    made.add_argument("--output", type=Path, required=True, help="the table")
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the table once it holds."""
    roles = dict(word.partition("=")[::2] for word in arguments.genes)
    known = read_mane(arguments.mane, roles)
    missing = [
        Problem(arguments.mane, f"has no MANE Select transcript of {name}")
        for name in roles
        if name not in known
    ]
    if missing:
        raise InputError(missing)
    models = {
        build: read_models(
            [path for name in names if (path := arguments.ucsc / UCSC_NAMES[build] / name).is_file()],
            [
                unversioned(word)
                for ids in known.values()
                for word in (ids.transcript, ids.ensembl_transcript)
            ],
        )
        for build, names in TABLES.items()
    }
    with written_aside(arguments.output) as aside:
        lines = ["\t".join(COLUMNS), *_lines(roles, known, models, why=arguments.why)]
        aside.write_text("\n".join(lines) + "\n", encoding="utf-8")
        read_own_genes(aside)


def _lines(
    roles: Mapping[str, str],
    known: Mapping[str, Identifiers],
    models: Mapping[GenomeBuild, Mapping[str, Model]],
    *,
    why: str,
) -> Iterator[str]:
    problems = []
    for symbol, role in roles.items():
        for build in GenomeBuild:
            model = _model_of(known[symbol], models[build])
            if model is None:
                problems.append(Problem("--ucsc", f"has no model of {symbol} on {build} in one place"))
                continue
            cells = {name: str(getattr(known[symbol], name, "")) for name in COLUMNS} | {
                "role": role,
                "why": why,
                "genome_build": str(build),
                **model.cells(),
            }
            yield "\t".join(cells[name] for name in COLUMNS)
    if problems:
        raise InputError(problems)


def _model_of(ids: Identifiers, models: Mapping[str, Model]) -> Model | None:
    """The model of the gene's MANE Select transcript, else of its Ensembl twin."""
    return models.get(unversioned(ids.transcript)) or models.get(unversioned(ids.ensembl_transcript))


def run(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 when written, 2 where it cannot be."""
    return run_step(parser(), main, argv)


if __name__ == "__main__":
    sys.exit(run())
