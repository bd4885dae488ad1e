"""The tumours' finished folders, read back for the cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from refractor.errors import TableError
from refractor.files.tables import Table
from refractor.genome.fixed_columns import fixed_column
from refractor.results.analyses import ANALYSES, ANALYSES_FILES, ANNOTATION_ANALYSIS, IDENTITY_ANALYSIS
from refractor.results.cohort_tables import (
    DECOY_RESULTS,
    RULE_RESULTS,
    RuleCoverage,
)
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.evidence_tables import (
    ALTERATIONS,
    DECOY_RULES,
    ELIGIBILITY,
    LABEL,
    RULES,
    ReportedRule,
)
from refractor.results.identity_tables import IDENTITY_VERDICTS
from refractor.results.stacked_tables import SAMPLE_KEY, read_stacked
from refractor.results.variant_tables import CODON_STATUS
from refractor.settings.cohort import Cohort
from refractor.settings.criteria import CriterionMeasure
from refractor.variants.codons.overall_status import overall_status
from refractor.vocabulary import (
    AGAINST_THE_DRUG,
    EXPLAINING_TIERS,
    CopyNumberCall,
    Eligibility,
    Label,
    Result,
    State,
    Status,
    YesNo,
)

if TYPE_CHECKING:
    import pandas as pd

Word = TypeVar("Word", bound=str)

BLOCK = 100
"""Tumours whose tables are held at once: some 10 MB; more of them together are no faster."""
GENOME_ANALYSES = frozenset({"tumor_reads", "small_variants", "copy_number"})
"""Analyses that show something of the genome; when all that were tried failed, the tumour has failed."""


@dataclass(frozen=True, slots=True)
class TumorResult:
    """What one tumour showed, decided without outcomes."""

    sample: str
    ras_status: Status
    braf_status: Status
    her2_call: CopyNumberCall
    erbb2_copy_number: float | None
    eligibility: Eligibility
    label: Label
    mechanisms: str | None
    candidates: pd.DataFrame
    analyses: pd.DataFrame
    erbb2_copy_number_over_ploidy: float | None = None
    target_call: CopyNumberCall | None = None
    """Of the cohort's target gene, as the two below; None for a target without a gene."""
    target_copy_number: float | None = None
    target_copy_number_over_ploidy: float | None = None
    target_result: Result | None = None
    """Whether the tumour has what the drugs aim at; None where an earlier version made the label."""
    target: str | None = None
    """The alterations, or what the sheet says, that are the target."""
    decisive_untested: str | None = None
    """Decisive questions that were not answered; None where all were."""
    stopped: bool = False
    """Whether the tumour may not be the patient's: nothing that it showed is used."""

    @property
    def failed(self) -> bool:
        """Whether the tumour was stopped, every analysis of the genome that was tried failed, or the last step did."""
        states = list(zip(self.analyses["analysis"], self.analyses["state"], strict=True))
        if self.stopped or (ANNOTATION_ANALYSIS, State.FAILED) in states:
            return True
        of_genome = [state for analysis, state in states if analysis in GENOME_ANALYSES]
        tried = {state for state in of_genome if state != State.SKIPPED}
        return tried == {State.FAILED}


def read_tumor_results(folders: Mapping[str, Path], *, cohort: Cohort) -> dict[str, TumorResult]:
    """The results in results/samples/{sample}, by sample; a TableError if a table is missing or broken.

    `cohort` tells the gene that its drugs aim at, and whose codons decide a status. Of the tables no more than
    those of BLOCK tumours are held at once.
    """
    return {name: result for block in _blocks(folders) for name, result in _results_of(block, cohort).items()}


def _blocks(folders: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    names = list(folders)
    for start in range(0, len(names), BLOCK):
        yield {name: folders[name] for name in names[start : start + BLOCK]}


def _results_of(folders: Mapping[str, Path], cohort: Cohort) -> dict[str, TumorResult]:
    target = cohort.target.gene

    def stacked(table: Table, name: str) -> pd.DataFrame:
        return read_stacked(table, {sample: folder / name for sample, folder in folders.items()})

    samples = list(folders)
    genes = stacked(GENE_COPY_NUMBER, GENE_COPY_NUMBER.name)
    altered = stacked(ALTERATIONS, ALTERATIONS.name)
    codons = _Groups([stacked(CODON_STATUS, CODON_STATUS.name)], samples)
    labels = _Groups([stacked(LABEL, LABEL.name)], samples)
    candidates = _Groups([altered[altered["candidate"] == YesNo.YES]], samples)
    copied = fixed_column("her2_call").gene
    copies = _Groups([genes[genes["gene"].isin([copied, target])]], samples)
    criteria = _Groups([stacked(ELIGIBILITY, ELIGIBILITY.name)], samples)
    analyses = _Groups([stacked(ANALYSES, name) for name in ANALYSES_FILES], samples)
    results: dict[str, TumorResult] = {}
    for sample, folder in folders.items():
        label = labels.of(sample)
        if len(label) != 1:
            raise TableError(f"{folder / LABEL.name}: {len(label)} rows, not one")
        call, number, over_ploidy = primary_call(copies.of(sample), copied)
        of_target = (None, None, None) if target is None else primary_call(copies.of(sample), target)
        mechanisms, untested = label["mechanisms"].iloc[0], label["decisive_untested"].iloc[0]
        results[sample] = TumorResult(
            sample=sample,
            ras_status=overall_status(codons.of(sample), status_genes("ras_status", cohort)),
            braf_status=overall_status(codons.of(sample), status_genes("braf_status", cohort)),
            her2_call=call,
            erbb2_copy_number=number,
            erbb2_copy_number_over_ploidy=over_ploidy,
            target_call=of_target[0],
            target_copy_number=of_target[1],
            target_copy_number_over_ploidy=of_target[2],
            target_result=_text_or_none(label["target_result"].iloc[0], Result),
            target=_text_or_none(label["target"].iloc[0], str),
            eligibility=overall_eligibility(criteria.of(sample)),
            label=Label(label["label"].iloc[0]),
            mechanisms=_text_or_none(mechanisms, str),
            decisive_untested=_text_or_none(untested, str),
            candidates=candidates.of(sample),
            analyses=analyses.of(sample),
        )
    return results


def status_genes(column: str, cohort: Cohort) -> tuple[str, ...]:
    """The genes of a status column: those of the cohort's criterion of that name, else those of the column's table.

    The panel watches more genes than those: a file that did not look at the others says wild-type all the same.
    """
    fixed = fixed_column(column)
    asked = cohort.eligibility.get(fixed.criterion or "")
    return asked.genes if asked and asked.measure is CriterionMeasure.CODONS else fixed.genes


def with_identity(results: Mapping[str, TumorResult], verdicts: pd.DataFrame) -> dict[str, TumorResult]:
    """The results with the cohort's verdict on identity in place of the tumour's own; stopped ones say nothing.

    `verdicts` is the table IDENTITY_VERDICTS; a TableError where a sample has none.
    """
    import pandas as pd  # noqa: PLC0415

    rows = {str(row["sample"]): row for row in verdicts.to_dict("records")}
    missing = [sample for sample in results if sample not in rows]
    if missing:
        raise TableError(f"{IDENTITY_VERDICTS.name}: no verdict on {', '.join(missing)}")
    judged = {}
    for sample, result in results.items():
        state = State(rows[sample]["state"])
        others = result.analyses[result.analyses["analysis"] != IDENTITY_ANALYSIS]
        own = {
            "sample": sample,
            "analysis": IDENTITY_ANALYSIS,
            "state": state,
            "reason": rows[sample]["reason"],
        }
        analyses = pd.concat([others, pd.DataFrame([own], dtype=object)], ignore_index=True)
        judged[sample] = replace(result, analyses=analyses)
        if state is State.FAILED:
            judged[sample] = _stopped(judged[sample])
    return judged


def _text_or_none(cell: object, kind: Callable[[str], Word]) -> Word | None:
    import pandas as pd  # noqa: PLC0415

    return None if pd.isna(cell) else kind(str(cell))


def _stopped(result: TumorResult) -> TumorResult:
    return replace(
        result,
        ras_status=Status.NOT_ASSESSABLE,
        braf_status=Status.NOT_ASSESSABLE,
        her2_call=CopyNumberCall.NOT_ASSESSABLE,
        erbb2_copy_number=None,
        erbb2_copy_number_over_ploidy=None,
        target_call=None if result.target_call is None else CopyNumberCall.NOT_ASSESSABLE,
        target_copy_number=None,
        target_copy_number_over_ploidy=None,
        target_result=Result.NOT_TESTED,
        target=None,
        eligibility=Eligibility.NOT_ASSESSABLE,
        label=Label.NOT_ASSESSABLE,
        mechanisms=None,
        decisive_untested=None,
        candidates=result.candidates.iloc[:0],
        stopped=True,
    )


def rule_coverage(folders: Mapping[str, Path]) -> list[RuleCoverage]:
    """In how many of the tumours each rule was found, not found and not tested."""
    first: dict[str, ReportedRule] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for rules in _rules_of_blocks(folders):
        for rule in RULES.records_of(rules.drop_duplicates("rule_id")):
            first.setdefault(rule.rule_id, rule)
        counted.update(zip(rules["rule_id"], rules["result"], strict=True))
    return [
        RuleCoverage(
            rule_id=name,
            gene=rule.gene,
            mechanism=rule.mechanism,
            tier=rule.tier,
            direction=rule.direction,
            found=counted[name, Result.FOUND],
            not_found=counted[name, Result.NOT_FOUND],
            not_tested=counted[name, Result.NOT_TESTED],
        )
        for name, rule in first.items()
    ]


def rule_results(folders: Mapping[str, Path]) -> pd.DataFrame:
    """RULE_RESULTS: every rule that can explain and that a genome can show, with its answer in each tumour."""
    import pandas as pd  # noqa: PLC0415

    named = ("rule_id", "gene", "mechanism", "tier", "result")
    cells: dict[str, list[object]] = {name: [] for name in RULE_RESULTS.column_names}
    same: dict[object, object] = {}  # one text a word, not one a cell
    for rules in _rules_of_blocks(folders):
        explains = rules["tier"].isin(EXPLAINING_TIERS) & rules["direction"].isin(AGAINST_THE_DRUG)
        kept = rules[explains & ~(rules["observability"] == "no").fillna(False).astype(bool)]
        for name, column in (*((name, name) for name in named), ("sample", SAMPLE_KEY)):
            cells[name] += [same.setdefault(cell, cell) for cell in kept[column]]
    return RULE_RESULTS.check(pd.DataFrame(cells, columns=RULE_RESULTS.column_names))


def _rules_of_blocks(folders: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    for block in _blocks(folders):
        yield read_stacked(RULES, {sample: folder / RULES.name for sample, folder in block.items()})


def decoy_results(folders: Mapping[str, Path]) -> pd.DataFrame:
    """DECOY_RESULTS: every rule on drugs that the cohort does not give, with its answer in each tumour."""
    stacked = read_stacked(
        DECOY_RULES, {sample: folder / DECOY_RULES.name for sample, folder in folders.items()}
    )
    return DECOY_RESULTS.check(stacked.rename(columns={SAMPLE_KEY: "sample"}))


class _Groups:
    """The rows of stacked tables by sample, as plain objects: a slice each, which thousands of samples can afford."""

    def __init__(self, stacked: Sequence[pd.DataFrame], samples: Sequence[str]) -> None:
        import pandas as pd  # noqa: PLC0415

        rows = pd.concat(stacked, ignore_index=True).astype(object)
        rank = {sample: place for place, sample in enumerate(samples)}
        places = rows[SAMPLE_KEY].map(rank).to_numpy(dtype=int)
        order = np.argsort(places, kind="stable")
        self._rows = rows.iloc[order].drop(columns=SAMPLE_KEY).reset_index(drop=True)
        bounds = np.searchsorted(places[order], np.arange(len(samples) + 1))
        self._bounds = {sample: (int(bounds[i]), int(bounds[i + 1])) for i, sample in enumerate(samples)}

    def of(self, sample: str) -> pd.DataFrame:
        """The rows of one sample; none if it has none."""
        start, stop = self._bounds[sample]
        return self._rows.iloc[start:stop]


def primary_call(genes: pd.DataFrame, gene: str) -> tuple[CopyNumberCall, float | None, float | None]:
    """Call, copies and copies over ploidy of `gene`: of the first source that could assess it, else of the first."""
    import pandas as pd  # noqa: PLC0415

    rows = genes[genes["gene"] == gene]
    assessed = rows[rows["call"] != CopyNumberCall.NOT_ASSESSABLE]
    if rows.empty:
        return CopyNumberCall.NOT_ASSESSABLE, None, None
    row = (rows if assessed.empty else assessed).iloc[0]
    numbers = (row["copy_number"], row["copy_number_over_ploidy"])
    copies, over_ploidy = (None if pd.isna(number) else float(number) for number in numbers)
    return CopyNumberCall(row["call"]), copies, over_ploidy


def overall_eligibility(criteria: pd.DataFrame) -> Eligibility:
    """Discordant if any criterion is; else not assessable if any is; else confirmed."""
    states = set(criteria["status"])
    for verdict in (Eligibility.DISCORDANT, Eligibility.NOT_ASSESSABLE):
        if verdict in states:
            return verdict
    return Eligibility.CONFIRMED if states else Eligibility.NOT_ASSESSABLE
