"""The scorecard of a finished run of a synthetic trial: its results read beside the truth tables of the trial's folder."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from refractor.errors import InputError, Problem
from refractor.genome.builds import SEX_CHROMOSOMES
from refractor.results.all_tables import COHORT_TABLES
from refractor.results.cohort_tables import CANDIDATES, MANIFEST, PATIENTS
from refractor.results.copy_number_tables import GENE_COPY_NUMBER, PURITY_PLOIDY, SEGMENTS
from refractor.results.identity_tables import IDENTITY_VERDICTS
from refractor.results.variant_tables import CODON_STATUS
from refractor.variants.panel_vcf import read_panel_vcf
from refractor.vocabulary import State, Status, YesNo
from synthetic.scoring import Figure, Finding, Measured, Scorecard, Verdict
from synthetic.truth_tables import TRUTH, TRUTH_OUTCOMES, TRUTH_SEGMENTS, TRUTH_STATISTICS, TRUTH_VARIANTS

GENOME_VERDICTS = ("ras_status", "braf_status", "her2_call", "eligibility", "label", "wgs")
OUTCOME_VERDICTS = (
    "evaluable", "best_response", "response_confirmed", "clinical_benefit", "pfs_event", "duration_of_response_event",
)  # fmt: skip
DURATIONS = ("pfs_days", "duration_of_response_days")
_CODON = re.compile(r"[A-Z*](\d+)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a measured value may be off: our choice, what the demo's depth and purity allow. Copies by the greater of
    a number and a share of the truth; `genome_share` of the autosomes must have copies within that; allele fractions by
    binomial standard errors at the depth of the place."""

    purity: float = 0.05
    ploidy: float = 0.15
    copies: float = 1.0
    copies_share: float = 0.1
    segment_copies: float = 0.5
    genome_share: float = 0.95
    vaf_errors: float = 4.0


def score_trial(folder: Path, *, results: Path, limits: Limits | None = None) -> Scorecard:
    """The scorecard of the results of the trial in `folder`.

    Raises:
        InputError: the folder holds no truth, or the results are not those of a finished run.
    """
    limits = limits or Limits()
    needed = [folder / TRUTH.name, folder / TRUTH_VARIANTS.name, folder / TRUTH_SEGMENTS.name]
    needed += [results / "cohort" / PATIENTS.name, results / "cohort" / CANDIDATES.name]
    lacking = [path for path in needed if not path.is_file()]
    if lacking:
        remedy = "make the trial with scripts/simulate_genomes.py and run the workflow on it first"
        raise InputError(Problem(path, "is not there to score", allowed=remedy) for path in lacking)
    truth = TRUTH.read(folder / TRUTH.name)
    spiked = TRUTH_VARIANTS.read(folder / TRUTH_VARIANTS.name)
    segments = TRUTH_SEGMENTS.read(folder / TRUTH_SEGMENTS.name)
    patients = PATIENTS.read(results / "cohort" / PATIENTS.name).set_index("patient", drop=False)
    verdicts = list(_genome_verdicts(truth, patients))
    findings = list(_swaps(truth, results))
    findings += list(_candidates(truth, CANDIDATES.read(results / "cohort" / CANDIDATES.name)))
    measured: list[Measured] = []
    for row in _rows(truth):
        sample = str(row["sample"])
        own = results / "samples" / sample
        of_sample = spiked[spiked["sample"] == sample]
        findings += _codons(sample, own, of_sample)
        variants, fractions = _variants(sample, own, of_sample, limits)
        findings += variants
        measured += fractions
        if row["copies_told"] == YesNo.YES:
            measured += _copies(row, own, segments[segments["sample"] == sample], limits)
    if (folder / TRUTH_OUTCOMES.name).is_file():
        outcomes = TRUTH_OUTCOMES.read(folder / TRUTH_OUTCOMES.name)
        verdicts += _outcome_verdicts(outcomes, patients, sequenced=set(truth["patient"]))
        measured += _durations(outcomes, patients)
    return Scorecard(tuple(verdicts), tuple(findings), tuple(measured), tuple(_figures(folder, results)))


def _genome_verdicts(truth: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Verdict]:
    for row in _rows(truth):
        for name in GENOME_VERDICTS:
            patient = str(row["patient"])
            yield Verdict(patient, name, _cell(patients, patient, name), _text(row[name]))


def _outcome_verdicts(
    outcomes: pd.DataFrame, patients: pd.DataFrame, *, sequenced: set[str]
) -> Iterator[Verdict]:
    for row in _rows(outcomes):
        patient = str(row["patient"])
        if patient not in sequenced:
            yield Verdict(patient, "wgs", _cell(patients, patient, "wgs"), "missing")
        for name in OUTCOME_VERDICTS:
            yield Verdict(patient, name, _cell(patients, patient, name), _text(row[name]))


def _durations(outcomes: pd.DataFrame, patients: pd.DataFrame) -> Iterator[Measured]:
    for row in _rows(outcomes):
        for name in DURATIONS:
            if not pd.isna(row[name]):
                patient = str(row["patient"])
                yield Measured(patient, name, _number(patients, patient, name), float(str(row[name])), 0.0)


def _swaps(truth: pd.DataFrame, results: Path) -> Iterator[Finding]:
    """Each pair of reads: whether the run says that it is of two people, and whether it is."""
    path = results / "cohort" / IDENTITY_VERDICTS.name
    verdicts = IDENTITY_VERDICTS.read(path).set_index("sample")
    for row in _rows(truth[truth["data"] != "files"]):
        sample = str(row["sample"])
        state = str(verdicts.loc[sample, "state"]) if sample in verdicts.index else State.SKIPPED
        said = None if state == State.SKIPPED else state == State.FAILED
        yield Finding(sample, "pair of two people", "normal of another", said, not pd.isna(row["normal_of"]))


def stopped_as_declared(folder: Path, *, results: Path) -> list[str]:
    """The samples that the run stopped, each with its reason, where they are those that the truth says it must stop.

    Raises:
        InputError: others were stopped or not all of them, or the run did not get to its report.
    """
    truth = TRUTH.read(folder / TRUTH.name)
    manifest_file, page = results / "cohort" / MANIFEST.name, results / "report" / "index.html"
    if (
        not manifest_file.is_file()
        or not page.is_file()
        or page.stat().st_mtime < manifest_file.stat().st_mtime
    ):
        raise InputError(Problem(page, "was not made by this run", allowed="see the messages above"))
    manifest = MANIFEST.read(manifest_file)
    failed = manifest[manifest["state"] == State.FAILED]
    wanted = set(truth.loc[truth["wgs"] == "failed", "sample"])
    problems = [
        Problem(manifest_file, f"{row['sample']} {row['analysis']} failed: {row['reason']}")
        for row in _rows(failed)
        if row["sample"] not in wanted
    ]
    problems += [
        Problem(manifest_file, f"{sample} was not stopped, and must be")
        for sample in sorted(wanted - set(failed["sample"]))
    ]
    if problems:
        raise InputError(problems)
    return [f"{row['sample']}: {row['reason']}" for row in _rows(failed)]


def _candidates(truth: pd.DataFrame, candidates: pd.DataFrame) -> Iterator[Finding]:
    """Each candidate that is expected or found; those of patients without any count as one thing not there."""
    found: dict[str, set[str]] = {}
    for row in _rows(candidates):
        found.setdefault(str(row["patient"]), set()).add(f"{row['gene']} {row['alteration']}")
    for row in _rows(truth):
        patient, cell = str(row["patient"]), _text(row["candidates"])
        expected = set(cell.split(";")) if cell else set()
        said = found.get(patient, set())
        for what in sorted(expected | said):
            yield Finding(patient, "candidate mechanism", what, what in said, what in expected)
        if not expected | said:
            yield Finding(patient, "candidate mechanism", "any", said=False, there=False)


def _codons(sample: str, folder: Path, spiked: pd.DataFrame) -> Iterator[Finding]:
    """Each decisive codon: whether it is said to be mutated, and whether it is."""
    somatic = spiked[spiked["origin"] == "somatic"]
    mutated = {
        (str(row["gene"]), int(match.group(1)))
        for row in _rows(somatic)
        if (match := _CODON.match(str(row["protein_change"]))) is not None
    }
    for row in _rows(CODON_STATUS.read(folder / CODON_STATUS.name)):
        gene, codon = str(row["gene"]), int(str(row["codon"]))
        said = None if row["status"] == Status.NOT_ASSESSABLE else row["status"] == Status.MUTATED
        yield Finding(sample, "decisive codon mutated", f"{gene} {codon}", said, (gene, codon) in mutated)


def _variants(
    sample: str, folder: Path, spiked: pd.DataFrame, limits: Limits
) -> tuple[list[Finding], list[Measured]]:
    """Every spiked variant and every other one that passed; inherited ones must not stand as somatic."""
    rows = read_panel_vcf(folder / "variants.vcf.gz")
    passed = {
        (o.variant.chromosome, o.variant.position, o.variant.ref, o.variant.alt): (o, effect)
        for o, effect in rows
        if not o.filters and not o.germline_likely
    }
    findings, measured = [], []
    known = set()
    for row in _rows(spiked):
        key = (str(row["chromosome"]), int(str(row["position"])), str(row["ref"]), str(row["alt"]))
        known.add(key)
        name = f"{row['gene']} {row['protein_change']}"
        somatic = row["origin"] == "somatic"
        kind = "somatic variant" if somatic else "inherited variant taken for somatic"
        findings.append(Finding(sample, kind, name, key in passed, somatic))
        if somatic and key in passed and passed[key][0].depth:
            seen, expected = passed[key][0], float(str(row["vaf"]))
            limit = limits.vaf_errors * math.sqrt(expected * (1 - expected) / (seen.depth or 1))
            measured.append(Measured(f"{sample} {name}", "VAF", seen.vaf, expected, limit))
    for key, (_, effect) in passed.items():
        if key not in known:
            named = f"{key[0]}:{key[1] + 1} {key[2]}>{key[3]}"
            what = named if effect is None else f"{effect.gene} {effect.protein_change} ({named})"
            findings.append(Finding(sample, "somatic variant", what, said=True, there=False))
    return findings, measured


def _copies(
    row: Mapping[str, object], folder: Path, segments: pd.DataFrame, limits: Limits
) -> Iterator[Measured]:
    """Purity, ploidy, copies of ERBB2 (not where its caller counts no further), and of the autosomes."""
    sample = str(row["sample"])
    fit = PURITY_PLOIDY.read(folder / PURITY_PLOIDY.name).iloc[0]
    for name, limit in (("purity", limits.purity), ("ploidy", limits.ploidy)):
        yield Measured(sample, name, _float(fit[name]), float(str(row[name])), limit)
    genes = GENE_COPY_NUMBER.read(folder / GENE_COPY_NUMBER.name)
    erbb2 = genes[genes["gene"] == "ERBB2"].iloc[0]
    capped = erbb2["capped"] == YesNo.YES
    if not capped:
        copies = float(str(row["erbb2_copy_number"]))
        limit = max(limits.copies, limits.copies_share * copies)
        yield Measured(sample, "ERBB2 copies", _float(erbb2["copy_number"]), copies, limit)
    share = _share_right(SEGMENTS.read(folder / SEGMENTS.name), segments, limits, capped=capped)
    yield Measured(sample, "share of autosomes with the true copies", share, 1.0, 1 - limits.genome_share)


def _share_right(found: pd.DataFrame, truth: pd.DataFrame, limits: Limits, *, capped: bool) -> float | None:
    """Share of the autosomes' bases that have a copy number whose copy number is right; None without any."""
    right = total = 0.0
    with_copies = found[found["copy_number"].notna()]
    for row in _rows(with_copies[~with_copies["chromosome"].isin(SEX_CHROMOSOMES)]):
        there = truth[truth["chromosome"] == row["chromosome"]]
        start, end = int(str(row["start"])), int(str(row["end"]))
        overlap = np.minimum(there["end"].to_numpy(int), end) - np.maximum(
            there["start"].to_numpy(int), start
        )
        overlap = np.maximum(0, overlap)
        copies = there["copy_number"].to_numpy(float)
        off = np.abs(float(str(row["copy_number"])) - copies)
        near = off <= np.maximum(limits.segment_copies, limits.copies_share * copies)
        if capped:
            near |= copies > float(str(row["copy_number"]))
        right += float(overlap[near].sum())
        total += float(overlap.sum())
    return right / total if total else None


def _figures(folder: Path, results: Path) -> Iterator[Figure]:
    """The cohort's figures that the trial was built to come to."""
    path = folder / TRUTH_STATISTICS.name
    if not path.is_file():
        return
    tables = {table.name: table for table in COHORT_TABLES}
    for row in _rows(TRUTH_STATISTICS.read(path)):
        frame = tables[str(row["table"])].read(results / "cohort" / str(row["table"]))
        for condition in str(row["row"]).split("|"):
            column, _, value = condition.partition("=")
            frame = frame[frame[column] == value]
        computed = _float(frame.iloc[0][str(row["column"])]) if len(frame) == 1 else None
        yield Figure(
            str(row["quantity"]),
            None if computed is None else computed / float(str(row["per"])),
            float(str(row["printed"])),
            int(str(row["decimals"])),
            at_least=row["comparison"] == "at least",
        )


def _rows(frame: pd.DataFrame) -> Iterator[Mapping[str, object]]:
    for record in frame.to_dict("records"):
        yield {str(name): value for name, value in record.items()}


def _cell(patients: pd.DataFrame, patient: str, column: str) -> str | None:
    return _text(patients.loc[patient, column]) if patient in patients.index else None


def _number(patients: pd.DataFrame, patient: str, column: str) -> float | None:
    return _float(patients.loc[patient, column]) if patient in patients.index else None


def _text(cell: object) -> str | None:
    return None if pd.isna(cell) else str(cell)


def _float(cell: object) -> float | None:
    return None if pd.isna(cell) else float(str(cell))
