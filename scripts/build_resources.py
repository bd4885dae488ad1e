"""Build resources/panel and resources/reference from the public data (or official files a user has).

Reads the hand-made tables resources/panel/genes.tsv (symbol, role, why) and listed_changes.tsv; fills the
identifiers into genes.tsv and writes everything else. Adding a gene is a row there and a run of this. Prints a
report of what was verified: which coding sequences are known and translate, which hotspots' reference bases
agree. Ends with 2 where something contradicts.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from refractor.errors import ResistanceError
from refractor.files.resources import RESOURCES
from refractor.genome.builds import GenomeBuild
from resource_building.build import build_resources
from resource_building.sequence_sources import Sources

BAD_INPUT = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 when everything was built and agrees, 2 where an input is unusable or contradicts."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    data = arguments.data
    ucsc = arguments.ucsc
    sources = Sources(
        data=data,
        mane=arguments.mane or data / "gene_models" / "MANE.GRCh38.v1.5.summary.txt.gz",
        gene_models={
            GenomeBuild.GRCH37: (
                data / "gene_models" / "panel_refGene.hg19.genePredExt.tsv",
                *(
                    [
                        ucsc / "hg19" / name
                        for name in ("refGene.txt.gz", "wgEncodeGencodeCompV31lift37.txt.gz")
                    ]
                    if ucsc
                    else []
                ),
            ),
            GenomeBuild.GRCH38: (
                data / "gene_models" / "panel_refGene.hg38.genePredExt.tsv",
                *(
                    [ucsc / "hg38" / name for name in ("refGene.txt.gz", "wgEncodeGencodeCompV31.txt.gz")]
                    if ucsc
                    else []
                ),
            ),
        },
        full_fasta={GenomeBuild.GRCH37: arguments.fasta_grch37, GenomeBuild.GRCH38: arguments.fasta_grch38},
    )
    try:
        print(build_resources(sources, arguments.output))
    except ResistanceError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=RESOURCES.parents[1] / "shared" / "data",
        help="folder of the public data (default: shared/data beside the checkout)",
    )
    parser.add_argument(
        "--ucsc",
        type=Path,
        help="folder of UCSC tables, for genes that the data lacks and to check all models: refGene.txt.gz in hg19/ "
        "and hg38/, wgEncodeGencodeCompV31lift37.txt.gz in hg19/, wgEncodeGencodeCompV31.txt.gz in hg38/; the source "
        "distribution of the PyPI package annot-utils 0.3.1 has it as annot_utils/data",
    )
    parser.add_argument("--mane", type=Path, help="MANE summary of NCBI (default: the one in the data)")
    parser.add_argument(
        "--fasta-grch37", type=Path, help="indexed full FASTA of GRCh37: all panel genes get known"
    )
    parser.add_argument("--fasta-grch38", type=Path, help="indexed full FASTA of GRCh38")
    parser.add_argument(
        "--output", type=Path, default=RESOURCES, help="the resources folder to read and write"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
