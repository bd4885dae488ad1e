"""Common inherited alleles inside the panel, by place on the genome."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from refractor.files.resources import RESOURCES, shipped_rows
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.variant import Variant

POLYMORPHISMS = RESOURCES / "polymorphisms" / "polymorphisms.tsv"
_CHANGE = re.compile(r"c\.(\d+)([ACGT])>([ACGT])")
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@lru_cache(maxsize=2)
def load_polymorphisms(build: GenomeBuild) -> Mapping[Variant, str]:
    """The dbSNP number of each shipped polymorphism, by its allele on `build`."""
    genes = load_panel(build).genes
    known: dict[Variant, str] = {}
    for row in shipped_rows(POLYMORPHISMS):
        gene, change = genes[row["gene"]], _CHANGE.fullmatch(row["coding_change"])
        if change is None:
            raise ValueError(f"{POLYMORPHISMS}: {row['coding_change']} is no coding substitution")
        forward = gene.strand == "+"
        ref, alt = (
            base if forward else base.translate(_COMPLEMENT) for base in (change.group(2), change.group(3))
        )
        position = gene.coding_position(int(change.group(1)) - 1)
        known[Variant(gene.chromosome, position, ref, alt)] = row["rsid"]
    return known
