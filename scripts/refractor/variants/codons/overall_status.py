"""Status of genes of a tumour: what their decisive codons say together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import load_panel
from refractor.settings.thresholds import CALLING
from refractor.vocabulary import Status

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class OverallStatus:
    """Status of genes of a tumour; `low_vaf_only` where no mutation reaches a VAF of 5 %."""

    status: Status
    low_vaf_only: bool
    detail: str


def overall_status(
    rows: pd.DataFrame, genes: Iterable[str], *, codons: Collection[tuple[str, int]] | None = None
) -> Status:
    """The status of `genes` together: mutated, wild-type or not assessable (see `overall_finding`)."""
    return overall_finding(rows, genes, codons=codons).status


def overall_finding(
    rows: pd.DataFrame, genes: Iterable[str], *, codons: Collection[tuple[str, int]] | None = None
) -> OverallStatus:
    """Mutated if any decisive codon of `genes` is; wild-type only if every one is; else not assessable.

    `rows` is a CODON_STATUS table; codons that are in it for other rules do not count. `codons` narrows the
    decisive ones, e.g. to those of one class; by default those of the panel. A codon without a row is not assessable.
    """
    import pandas as pd  # noqa: PLC0415

    wanted = frozenset(genes)
    decisive = decisive_codons() if codons is None else codons
    decisive = [codon for codon in decisive if codon[0] in wanted]
    asked = rows[rows["gene"].isin(wanted)]
    shown = zip(*(asked[name] for name in ("gene", "codon", "status", "protein_change", "vaf")), strict=True)
    by_codon = {(str(gene), int(codon)): said for gene, codon, *said in shown}
    kept = {codon: by_codon[codon] for codon in decisive if codon in by_codon}
    mutated = {codon: said for codon, said in kept.items() if said[0] == Status.MUTATED}
    if mutated:
        named = [
            f"{gene} {change if pd.notna(change) else f'codon {codon}'}"
            + (f" (VAF {vaf:.2f})" if pd.notna(vaf) else "")
            for (gene, codon), (_, change, vaf) in mutated.items()
        ]
        low = all(pd.notna(vaf) and vaf < CALLING.low_vaf for _, _, vaf in mutated.values())
        return OverallStatus(Status.MUTATED, low, ", ".join(dict.fromkeys(named)))
    blind = [f"{gene} {codon}" for gene, codon in decisive if (gene, codon) not in by_codon]
    blind += [f"{gene} {codon}" for (gene, codon), said in kept.items() if said[0] == Status.NOT_ASSESSABLE]
    if blind or not decisive:
        return OverallStatus(Status.NOT_ASSESSABLE, False, f"not assessable: {', '.join(blind)}")
    return OverallStatus(Status.WILD_TYPE, False, f"all {len(kept)} codons wild-type")


@lru_cache(maxsize=1)
def decisive_codons() -> tuple[tuple[str, int], ...]:
    """Gene and codon of every place that decides a status; the same on every build."""
    return tuple((codon.gene, codon.codon) for codon in load_panel(LATEST_BUILD).decisive_codons)
