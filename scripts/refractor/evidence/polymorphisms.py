"""Inherited variants that look like a finding: never resistance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from refractor.errors import KnowledgeBaseError, Problem
from refractor.files.tabular import read_rows
from refractor.genome.hgvs_notation import parse_protein_change

if TYPE_CHECKING:
    from refractor.variants.consequences import Consequence
    from refractor.variants.observation import Observation


@dataclass(frozen=True, slots=True)
class Polymorphisms:
    """Protein changes known as germline polymorphisms, by gene and change, with their dbSNP number."""

    known: dict[tuple[str, str], str]

    def reason(self, observation: Observation, consequence: Consequence) -> str:
        """Why the variant counts as inherited; empty where nothing says so."""
        rsid = self.known.get((consequence.gene, consequence.protein_change or ""))
        if rsid is not None:
            return f"known germline polymorphism {rsid}"
        if observation.germline_likely:
            return "called inherited by its source or seen in the normal"
        return ""


def load_polymorphisms(path: Path) -> Polymorphisms:
    """The polymorphisms listed in `path`.

    Raises:
        KnowledgeBaseError: a row whose protein change is not in the notation, or a missing column.
    """
    problems: list[Problem] = []
    header, rows = read_rows(path, problems)
    needed = ("gene", "protein_change", "rsid")
    if header and not set(needed) <= set(header):
        problems.append(Problem(path, "lacks columns", line=1, allowed=", ".join(needed)))
    known = {}
    for line, cells in rows if not problems else []:
        change = parse_protein_change(cells["protein_change"])
        if change is None:
            what = f"{cells['protein_change']!r} is not a protein change"
            problems.append(Problem(path, what, line, "protein_change", "one-letter HGVS, e.g. I655V"))
            continue
        known[(cells["gene"], change.text)] = cells["rsid"]
    if problems:
        raise KnowledgeBaseError(problems)
    return Polymorphisms(known)
