"""Write what is derived from the rules of resources/evidence; --check only compares.

docs/rules.md is the table of all rules; resources/panel/rule_codons.tsv the codons whose status is told for them,
resources/panel/rule_junctions.tsv the genes in which reads are searched for junctions.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from refractor.errors import KnowledgeBaseError, Problem
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of
from refractor.evidence.knowledge.rule_table import rule_codons, rule_junctions, rule_page
from refractor.files.atomic import write_text
from refractor.files.resources import RESOURCES
from refractor.genome.builds import GenomeBuild
from refractor.genome.own_genes import FURTHER, read_own_genes
from refractor.genome.panel import load_panel
from refractor.step import run_step

PAGE = RESOURCES.parent / "docs" / "rules.md"
CODONS = RESOURCES / "panel" / "rule_codons.tsv"
JUNCTIONS = RESOURCES / "panel" / "rule_junctions.tsv"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    options.add_argument("--evidence", type=Path, default=EVIDENCE, help="folder of the knowledge base")
    options.add_argument("--output", type=Path, default=PAGE, help="page to write")
    options.add_argument("--codons", type=Path, default=CODONS, help="table of codons to write")
    options.add_argument("--junctions", type=Path, default=JUNCTIONS, help="table of genes to write")
    options.add_argument("--check", action="store_true", help="exit with 2 where one is not up to date")
    return options


def main(arguments: argparse.Namespace) -> None:
    """Write the page and the codons, or compare them."""
    shipped = load_panel(GenomeBuild.GRCH38)
    further = {gene.symbol: gene for gene in read_own_genes(FURTHER)[GenomeBuild.GRCH38]}
    knowledge = knowledge_of(replace(shipped, fusion_genes=further), arguments.evidence)
    derived = {
        arguments.output: rule_page(knowledge),
        arguments.codons: rule_codons(knowledge),
        arguments.junctions: rule_junctions(knowledge, further),
    }
    if arguments.check:
        remedy = "run: python scripts/build_rule_table.py"
        old = [
            Problem(path, "is not up to date", allowed=remedy)
            for path, content in derived.items()
            if not path.is_file() or path.read_text(encoding="utf-8") != content
        ]
        if old:
            raise KnowledgeBaseError(old)
        return
    for path, content in derived.items():
        write_text(path, content)


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
