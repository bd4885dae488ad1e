"""What the report says of one patient, read from the cohort's row and the tumour's folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refractor.files.tables import Table
from refractor.results.analyses import IDENTITY_ANALYSIS
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
    SEGMENTS,
)
from refractor.results.evidence_tables import ALTERATIONS, ELIGIBILITY, EVIDENCE_CHANGES, LABEL, RULES
from refractor.results.junction_tables import AMPLICON_STRUCTURE, AmpliconStructure, Architecture
from refractor.results.variant_tables import CODON_STATUS
from refractor.settings.cohort import Cohort
from refractor.vocabulary import (
    AGAINST_THE_DRUG,
    EXPLAINING_TIERS,
    CopyNumberCall,
    Result,
    State,
    Status,
    Tier,
    YesNo,
)

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]

SIX_COPIES = "6_copies"
"""The definition of an amplification that the rule of few copies is the contrary of."""


@dataclass(frozen=True, slots=True)
class PatientResults:
    """One patient: the cohort's row, and the tumour's tables as rows with None for missing."""

    row: Row
    purity: Row | None = None
    sentence: str | None = None
    knowledge: str | None = None
    """Version of the rules that were looked up, the user's own with it."""
    found_target: Row | None = None
    """target_result, target and target_reason of LABEL."""
    eligibility: tuple[Row, ...] = ()
    codons: tuple[Row, ...] = ()
    target: tuple[Row, ...] = ()
    """Copies of the target's gene, one row a source."""
    definitions: tuple[Row, ...] = ()
    amplicons: tuple[Row, ...] = ()
    structures: tuple[AmpliconStructure, ...] = ()
    """How the target's amplicons are built, where junctions were looked for."""
    alterations: tuple[Row, ...] = field(default=())
    rules: tuple[Row, ...] = ()
    segments: tuple[Row, ...] = ()
    failures: tuple[Row, ...] = ()
    changes: tuple[Row, ...] = ()

    @property
    def patient(self) -> str:
        """The patient's identifier."""
        return str(self.row["patient"])

    @property
    def stopped(self) -> bool:
        """Whether the tumour may be another patient's: then nothing of it is shown."""
        return any(entry["analysis"] == IDENTITY_ANALYSIS for entry in self.failures)

    @property
    def clinical_benefit(self) -> str | None:
        """yes, no or None for unknown, and for a patient who does not count in the endpoints."""
        benefit: str | None = None if self.row["evaluable"] == YesNo.NO else self.row["clinical_benefit"]
        return benefit

    @property
    def judged_target(self) -> Row | None:
        """The row of the target's copies that counts: of the first source that could judge it, else of the first."""
        judged = (row for row in self.target if row["call"] != CopyNumberCall.NOT_ASSESSABLE)
        return next(judged, next(iter(self.target), None))

    @property
    def target_copies(self) -> float | None:
        """Copies of the target's gene, None where unknown."""
        return None if self.judged_target is None else self.judged_target["copy_number"]

    @property
    def target_call(self) -> CopyNumberCall:
        """What can be said of the copies of the target's gene."""
        call = None if self.judged_target is None else self.judged_target["call"]
        return CopyNumberCall(call or CopyNumberCall.NOT_ASSESSABLE)

    @property
    def p_few_copies(self) -> float | None:
        """Probability that the target's gene has fewer than 6 copies, 0-1; None where the source gives no uncertainty."""
        judged = self.judged_target
        found = next(
            (
                row
                for row in self.definitions
                if judged and row["source"] == judged["source"] and row["definition"] == SIX_COPIES
            ),
            None,
        )
        return None if found is None or found["p_holds"] is None else 1 - found["p_holds"]

    @property
    def target_result(self) -> str:
        """Whether the tumour has what the drugs aim at: found, not_found or not_tested."""
        return str(self.found_target["target_result"] if self.found_target else Result.NOT_TESTED)

    def shows(self, criterion: str) -> str:
        """What the sequenced tumour shows of an entry criterion: a status, or the call of the copies."""
        found = (row["detail"] for row in self.eligibility if row["criterion"] == criterion)
        return next(found, None) or str(Status.NOT_ASSESSABLE)

    @property
    def candidates(self) -> tuple[Row, ...]:
        """Alterations that count as candidate explanations, tiers R1 to R3, best tier first."""
        found = (
            row for row in self.alterations if row["candidate"] == "yes" and row["tier"] in EXPLAINING_TIERS
        )
        return tuple(sorted(found, key=lambda row: str(row["tier"])))

    @property
    def hypotheses(self) -> tuple[Row, ...]:
        """Alterations that only preclinical evidence (R4) holds against the drugs given."""
        return tuple(
            row
            for row in self.alterations
            if row["tier"] == Tier.R4 and row["direction"] in AGAINST_THE_DRUG and not row["other_drugs"]
        )

    @property
    def context(self) -> tuple[Row, ...]:
        """Other alterations that a rule names: shown, never an explanation."""
        shown = {id(row) for row in (*self.candidates, *self.hypotheses)}
        return tuple(row for row in self.alterations if row["rule_id"] and id(row) not in shown)

    @property
    def unruled(self) -> tuple[Row, ...]:
        """Alterations of panel genes that no rule names."""
        return tuple(row for row in self.alterations if not row["rule_id"])

    @property
    def findings(self) -> str:
        """The candidates in a few words: `EGFR T790M; MET below 10 copies`."""
        return "; ".join(dict.fromkeys(f"{row['gene']} {row['alteration']}" for row in self.candidates))

    @property
    def untested(self) -> tuple[Row, ...]:
        """Rules that could not be tested in this tumour, the strongest tier first."""
        rows = (rule for rule in self.rules if rule["result"] == "not_tested")
        return tuple(sorted(rows, key=lambda rule: str(rule["tier"])))

    def tested(self, mechanism: str) -> str:
        """Whether the rules R1 to R3 of a mechanism could be tested: `all`, `part` or `none`."""
        results = [
            rule["result"]
            for rule in self.rules
            if rule["mechanism"] == mechanism
            and rule["tier"] in EXPLAINING_TIERS
            and rule["direction"] in AGAINST_THE_DRUG
        ]
        untested = results.count("not_tested")
        if untested == len(results):
            return "none"
        return "part" if untested else "all"

    @property
    def open_codons(self) -> tuple[Row, ...]:
        """Decisive codons for which nothing can be vouched."""
        return tuple(row for row in self.codons if row["status"] == Status.NOT_ASSESSABLE)

    @property
    def open_reasons(self) -> tuple[tuple[str, str], ...]:
        """Codons not assessable: (`EGFR 790, 858`, reason). Those with too little power are gathered by gene."""
        groups: dict[str, dict[str, list[int]]] = {}
        weak: dict[str, list[Row]] = {}
        for row in self.open_codons:
            if row["power"] is not None:
                weak.setdefault(row["gene"], []).append(row)
                continue
            genes = groups.setdefault(row["reason"] or "no reason recorded", {})
            genes.setdefault(row["gene"], []).append(row["codon"])
        silent = tuple(
            ("; ".join(f"{gene} {', '.join(map(str, codons))}" for gene, codons in genes.items()), reason)
            for reason, genes in groups.items()
        )
        return tuple(_weakest(gene, rows) for gene, rows in weak.items()) + silent


def _weakest(gene: str, rows: Sequence[Row]) -> tuple[str, str]:
    """Codons of one gene with too little power, and the reason of the weakest among them."""
    worst = min(rows, key=lambda row: row["power"])
    reason = worst["reason"] or "no reason recorded"
    if len(rows) > 1:
        most = max(row["power"] for row in rows)
        reason = f"power {worst['power']:.2f} to {most:.2f}; weakest is codon {worst['codon']}: {reason}"
    return f"{gene} {', '.join(str(row['codon']) for row in rows)}", reason


def read_patient_results(
    row: Row, samples_dir: Path, *, cohort: Cohort, manifest: Sequence[Row] = ()
) -> PatientResults:
    """The results of one row of PATIENTS; without a sample only what the cohort's row says.

    `manifest` tells which of the sample's analyses failed; `cohort` which genes the trial turns on.
    """
    if row["sample"] is None:
        return PatientResults(row)
    failures = tuple(
        entry for entry in manifest if entry["sample"] == row["sample"] and entry["state"] == State.FAILED
    )
    card = PatientResults(row, failures=failures)
    if card.stopped:
        return card
    folder = samples_dir / row["sample"]
    label = _rows(LABEL, folder)
    return PatientResults(
        row,
        purity=next(iter(_rows(PURITY_PLOIDY, folder)), None),
        sentence=label[0]["sentence"] if label else None,
        knowledge=label[0]["knowledge_base"] if label else None,
        found_target=label[0] if label and label[0]["target_result"] else None,
        eligibility=_rows(ELIGIBILITY, folder),
        codons=tuple(row for row in _rows(CODON_STATUS, folder) if row["gene"] in cohort.decisive_genes),
        target=tuple(gene for gene in _rows(GENE_COPY_NUMBER, folder) if gene["gene"] == cohort.target.gene),
        definitions=_leading(
            d for d in _rows(AMPLIFICATION_DEFINITIONS, folder) if d["gene"] == cohort.target.gene
        ),
        amplicons=_rows(AMPLICONS, folder),
        structures=tuple(_structures(folder, cohort.target.gene)),
        alterations=_rows(ALTERATIONS, folder),
        rules=_rows(RULES, folder),
        segments=_leading(_rows(SEGMENTS, folder)),
        failures=failures,
        changes=_rows(EVIDENCE_CHANGES, folder) if (folder / EVIDENCE_CHANGES.name).is_file() else (),
    )


def _structures(folder: Path, gene: str | None) -> Iterable[AmpliconStructure]:
    written = folder / AMPLICON_STRUCTURE.name
    found = AMPLICON_STRUCTURE.records(written) if written.is_file() else ()
    return (one for one in found if one.gene == gene and one.architecture is not Architecture.NOT_TESTED)


def rows_of(frame: pd.DataFrame) -> tuple[Row, ...]:
    """A table's rows as dictionaries of plain values, None for missing."""
    names = [str(name) for name in frame.columns]
    columns = [
        [
            None if missing else value
            for value, missing in zip(series.tolist(), series.isna().tolist(), strict=True)
        ]
        for _, series in frame.items()
    ]
    return tuple(dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def _leading(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows of the source that stands first: the one that purity and ploidy follow."""
    found = tuple(rows)
    return tuple(row for row in found if row["source"] == found[0]["source"])


def _rows(table: Table, folder: Path) -> tuple[Row, ...]:
    return table.read_rows(folder / table.name)
