"""Write docs/rules.md, the table of all rules, from resources/evidence; --check only compares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from resistance.errors import KnowledgeBaseError, Problem
from resistance.evidence.knowledge_base import EVIDENCE, load_knowledge_base
from resistance.evidence.rule_table import rule_page
from resistance.files import written_aside
from resistance.genome import GenomeBuild
from resistance.panel import load_panel
from resistance.resources import RESOURCES
from resistance.step import run_step

PAGE = RESOURCES.parent / "docs" / "rules.md"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    options.add_argument("--evidence", type=Path, default=EVIDENCE, help="folder of the knowledge base")
    options.add_argument("--output", type=Path, default=PAGE, help="page to write")
    options.add_argument("--check", action="store_true", help="exit with 2 where the page is not up to date")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Write the page, or compare it."""
    genes = load_panel(GenomeBuild.GRCH38).genes
    transcripts = {symbol: gene.transcript for symbol, gene in genes.items()}
    lengths = {symbol: gene.protein_length for symbol, gene in genes.items()}
    knowledge = load_knowledge_base(arguments.evidence, transcripts=transcripts, protein_lengths=lengths)
    page = rule_page(knowledge)
    if arguments.check:
        if not arguments.output.is_file() or arguments.output.read_text(encoding="utf-8") != page:
            remedy = "run: python scripts/build_rule_table.py"
            raise KnowledgeBaseError(Problem(arguments.output, "is not up to date", allowed=remedy))
        return
    with written_aside(arguments.output) as scratch:
        scratch.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
