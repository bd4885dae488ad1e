"""Random genes in the place of the rules: each altered as often as a rule is met, drawn from the whole study.

Whatever explains patients because it is frequent, and not because it stops the drug, is explained by such a set as often.
Genes that a rule of the cohort names, whatever its tier, are never drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from refractor.background.prevalence import FOUND, GROUPS, ReferenceAnswers, sets_of_rules
from refractor.background.reference_tumors import ReferenceStudy
from refractor.evidence.knowledge.rules import Rule
from refractor.results.background_tables import DecoySet

DRAWS = 1_000
SEED = 17
NEAR = 0.25
"""How far the carriers of a random gene may lie from those of its rule, as a share of them; one tumour always may."""


def decoy_rows(
    found: ReferenceAnswers, opened: ReferenceStudy, *, named: Collection[str], draws: int = DRAWS
) -> Iterator[DecoySet]:
    """DECOY_SETS: `draws` sets of random genes for each group that holds a tumour; `named` are genes of rules."""
    random = np.random.default_rng(SEED)
    for group in GROUPS:
        inside = found.of_group(group)
        answers = found.answers[inside]
        places = sets_of_rules(found.rules, answers).get("", [])
        if not places:
            continue
        samples = [sample for sample, chosen in zip(found.samples, inside, strict=True) if chosen]
        pools = _pools(opened, samples, named)
        choices = [
            _near(pools, found.rules[place], int((answers[:, place] == FOUND).sum())) for place in places
        ]
        for draw in range(1, draws + 1):
            genes, carriers = [], np.zeros(len(samples), dtype=bool)
            for pool, fitting in choices:
                if not len(fitting):
                    genes.append("-")
                    continue
                chosen = int(random.choice(fitting))
                genes.append(pool.genes[chosen])
                carriers |= pool.carried[chosen]
            yield DecoySet(
                group=group,
                draw=draw,
                carriers=int(carriers.sum()),
                tumors=len(samples),
                genes=",".join(genes),
            )


class _Pool:
    """Genes altered in one way, and in which tumours: `carried` has the shape (genes, tumours)."""

    def __init__(
        self, altered: Mapping[str, set[str]], samples: Sequence[str], named: Collection[str]
    ) -> None:
        places = {sample: place for place, sample in enumerate(samples)}
        self.genes = sorted(gene for gene in altered if gene not in named)
        self.carried = np.zeros((len(self.genes), len(samples)), dtype=bool)
        for row, gene in enumerate(self.genes):
            self.carried[row, [places[s] for s in altered[gene] if s in places]] = True
        self.counts: NDArray[np.int64] = self.carried.sum(axis=1)


def _pools(
    opened: ReferenceStudy, samples: Sequence[str], named: Collection[str]
) -> tuple[_Pool, _Pool, _Pool]:
    """Genes with changed protein, amplified genes, deleted genes."""
    mutations = {} if opened.mutations is None else opened.mutations.changed
    amplified = {} if opened.copies is None else opened.copies.amplified
    deleted = {} if opened.copies is None else opened.copies.deleted
    return _Pool(mutations, samples, named), _Pool(amplified, samples, named), _Pool(deleted, samples, named)


def _near(pools: tuple[_Pool, _Pool, _Pool], rule: Rule, carriers: int) -> tuple[_Pool, NDArray[np.int64]]:
    """The pool of the rule's kind of event and its genes with about as many carriers; none for a rule without any."""
    mutated, amplified, deleted = pools
    pool = amplified if rule.event.counts_copies else mutated
    if rule.event.kind == "biallelic_loss" and not len(mutated.genes):
        pool = deleted
    if carriers == 0 or not len(pool.genes):
        return pool, np.zeros(0, dtype=np.int64)
    away = np.abs(pool.counts - carriers)
    return pool, np.flatnonzero(away <= max(1.0, NEAR * carriers, float(away.min())))
