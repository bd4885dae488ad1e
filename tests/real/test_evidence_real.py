"""Evidence on real tumours and on the real CIViC table."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pandas as pd
import pytest

import annotate_alterations
import call_variants
import measure_copy_number
from refractor.evidence.alterations import Alteration
from refractor.evidence.civic.items import TherapyMatch, civic_matches, load_drugs, load_names, read_civic
from refractor.evidence.civic.profiles import known_alterations
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of
from refractor.evidence.knowledge.rules_in_scope import scope_of
from refractor.evidence.lookups import Match, RuleResult
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.results.evidence_tables import ALTERATIONS, CIVIC_EVIDENCE, ELIGIBILITY, LABEL, RULES
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.step import run_step
from refractor.vocabulary import Result

pytestmark = pytest.mark.real

CIVIC = "knowledge/civic_evidence_2026-05.tsv.gz"


def step(module, *options: object) -> None:
    assert run_step(module.parser(), module.main, [str(option) for option in options]) == 0


def annotated(folder: Path, *, sample: str, copies=(), variants=(), evidence=()) -> dict[str, pd.DataFrame]:
    """The tables of a tumour after the three steps."""
    common = ("--sample", sample, "--output-dir", folder)
    step(measure_copy_number, *common, *copies)
    tables = (
        "--purity-ploidy",
        folder / "purity_ploidy.tsv",
        "--gene-copy-number",
        folder / "gene_copy_number.tsv",
    )
    step(call_variants, *common, *tables, "--copy-number-qc", folder / "copy_number_qc.tsv", *variants)
    step(
        annotate_alterations, *common, *tables,
        "--variants", folder / "variants.vcf.gz",
        "--codon-status", folder / "codon_status.tsv",
        "--amplification-definitions", folder / "amplification_definitions.tsv",
        "--amplicons", folder / "amplicons.tsv",
        "--gene-callability", folder / "gene_callability.tsv",
        "--qc", folder / "qc.tsv",
        *evidence,
    )  # fmt: skip
    declared = (ALTERATIONS, ELIGIBILITY, LABEL, RULES, CIVIC_EVIDENCE)
    return {table.name: table.read(folder / table.name) for table in declared}


@pytest.fixture(scope="module")
def t001(shared_data, tmp_path_factory) -> dict[str, dict[str, pd.DataFrame]]:
    """T001-COAD on both builds."""
    found = {}
    for build in ("GRCh37", "GRCh38"):
        stem = shared_data / "variants" / f"T001-COAD.{build.lower()}"
        found[build] = annotated(
            tmp_path_factory.mktemp(build),
            sample="T001-COAD",
            copies=("--genome-build", build, "--copy-number", f"{stem}.cna.tsv"),
            variants=("--genome-build", build, "--small-variants", f"{stem}.vcf.gz"),
            evidence=("--civic", shared_data / CIVIC),
        )
    return found


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_t001_braf_v600e_meets_its_rule(t001, build):
    rows = t001[build]["alterations.tsv"]
    assert len(rows) >= 25
    first = rows.iloc[0]
    assert tuple(first[["gene", "alteration", "rule_id", "mechanism", "direction", "tier", "candidate"]]) == (
        "BRAF", "V600E", "MAPK-5", "MAPK", "resistant", "R1", "yes",
    )  # fmt: skip
    assert first["vaf"] == pytest.approx(0.31, abs=0.02)
    assert "Rule MAPK-5; PMID 19001320" in first["sentence"]
    assert t001[build]["label.tsv"].loc[0, "label"] == "candidate_r1"
    ras = rows[rows["gene"].isin(["KRAS", "HRAS"])]
    assert len(ras) == 0
    assert list(rows.loc[rows["gene"] == "NRAS", "alteration"]) == ["amplification"]


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_t001_is_discordant_because_of_braf(t001, build):
    criteria = t001[build]["eligibility.tsv"].set_index("criterion")
    assert dict(criteria["status"]) == {"RAS": "not_assessable", "BRAF": "discordant", "HER2": "confirmed"}
    assert dict(criteria["detail"]) == {"RAS": "not_assessable", "BRAF": "mutated", "HER2": "amplified"}
    assert "V600E (VAF 0.31)" in criteria.loc["BRAF", "reason"]


def test_t001_silence_is_never_negative(t001):
    results = t001["GRCh38"]["rules.tsv"].set_index("rule_id")["result"]
    assert len(results) >= 98
    for rule_id in ("MAPK-1", "MAPK-2", "PI3K-1", "PI3K-5", "HER2-2", "HER2-7"):
        assert results[rule_id] == "not_tested"
    assert results["HER2-1"] == "not_found"  # 9 copies, not below 6
    assert results["HER2-1b"] == "found"  # 9 copies, below 20
    assert results["RTK-1"] == "not_found"


def test_t001_candidates_agree_between_the_builds(t001):
    candidates = {
        build: list(
            tables["alterations.tsv"]
            .query("candidate == 'yes'")[["gene", "alteration", "rule_id"]]
            .itertuples(index=False, name=None)
        )
        for build, tables in t001.items()
    }
    assert candidates["GRCh37"] == candidates["GRCh38"]
    assert candidates["GRCh38"] == [
        ("BRAF", "V600E", "MAPK-5"),
        ("NF1", "P678Rfs*10", "MAPK-9"),
    ]


def test_t001_nf1_is_said_to_be_uncertain(t001):
    """A truncation in copy-neutral loss of heterozygosity, VAF 0.35: both copies at purity 0.35, one at 0.70."""
    assert sorted(t001) == ["GRCh37", "GRCh38"]
    for tables in t001.values():
        reason = tables["rules.tsv"].set_index("rule_id").loc["MAPK-9", "reason"]
        assert "UNCERTAIN: whether all 2.0 remaining copies carry it is not known" in reason
        rows = tables["alterations.tsv"]
        said = rows[(rows["gene"] == "NF1") & (rows["rule_id"] == "MAPK-9")]
        assert len(said) == 1
        assert "UNCERTAIN" in said.iloc[0]["sentence"]
        assert said["biallelic"].isna().all()


def test_t001_civic_on_v600e(t001):
    rows = t001["GRCh38"]["civic_evidence.tsv"]
    v600e = rows[(rows["gene"] == "BRAF") & (rows["fit"] == "exact") & (rows["disease_match"] == "same")]
    assert len(v600e) >= 6
    by_id = v600e.set_index("evidence_id")
    assert tuple(by_id.loc["2115", ["direction", "therapy_match", "supports"]]) == (
        "Supports",
        "same_family",
        "yes",
    )
    assert tuple(by_id.loc["816", ["direction", "supports"]]) == ("Does Not Support", "no")
    assert not (rows["gene"] == "TP53").any()


def test_cpct_reads_meet_mapk_5_and_leave_the_rest_open(shared_data, tmp_path):
    """Reads over windows of some genes: V600E is seen, and neither RAS nor ERBB2 is denied."""
    reads = ("--tumor-reads", shared_data / "reads" / "CPCT12345678T.bam", "--genome-build", "GRCh37")
    normal = ("--normal-reads", shared_data / "reads" / "CPCT12345678R.bam")
    found = annotated(tmp_path, sample="CPCT", copies=reads, variants=(*reads, *normal))
    rows = found["alterations.tsv"]
    candidates = rows.query("candidate == 'yes'")
    assert list(candidates["alteration"]) == ["V600E"]
    assert list(candidates["rule_id"]) == ["MAPK-5"]
    assert dict(found["eligibility.tsv"].set_index("criterion")["status"]) == {
        "RAS": "not_assessable",
        "BRAF": "discordant",
        "HER2": "not_assessable",
    }
    results = found["rules.tsv"].set_index("rule_id")["result"]
    assert results["HER2-1"] == results["MAPK-1"] == "not_tested"
    assert not rows["rule_id"].isin(["TSG-1"]).any()  # TP53 P72R is inherited


@pytest.fixture(scope="module")
def colo829(shared_data, tmp_path_factory) -> dict[str, pd.DataFrame]:
    """COLO829 as PURPLE has it, its structural variants (ESVEE) given."""
    source = shared_data / "copy_number" / "colo829" / "COLO829v003T.purple"
    return annotated(
        tmp_path_factory.mktemp("colo829"),
        sample="COLO829v003T",
        copies=("--genome-build", "GRCh37", "--copy-number", f"{source}.cnv.somatic.tsv"),
        variants=(
            "--genome-build",
            "GRCh37",
            "--small-variants",
            f"{source}.somatic.vcf.gz",
            "--assume-callable",
        ),
        evidence=("--structural-variants", f"{source}.sv.vcf.gz"),
    )


def test_colo829_v600e_no_amplification_and_a_lost_pten(colo829):
    rows = colo829["alterations.tsv"].query("candidate == 'yes'")
    assert list(rows[["gene", "alteration", "rule_id"]].itertuples(index=False, name=None)) == [
        ("BRAF", "V600E", "MAPK-5"),
        ("PTEN", "homozygous deletion", "PI3K-5"),
    ]
    assert rows.iloc[0]["clonality"] == "unknown"  # its copies are stand-ins
    criteria = colo829["eligibility.tsv"].set_index("criterion")["status"]
    assert dict(criteria) == {"RAS": "confirmed", "BRAF": "discordant", "HER2": "not_assessable"}


def test_colo829_what_was_looked_at_is_denied(colo829):
    results = colo829["rules.tsv"].set_index("rule_id")
    # PURPLE's purity table: msIndelsPerMb 0, MSS; tmbPerMb 0.0024, LOW
    assert list(results.loc[["IMM-1", "IMM-1b"], "result"]) == ["not_found", "not_found"]
    assert results.loc["IMM-1", "reason"].startswith("0 indels/Mb; PURPLE says MSS")
    assert len(results) >= 98
    for rule_id in ("MAPK-1", "PI3K-1", "HER2-2", "HER2-7"):
        assert results.loc[rule_id, "result"] == "not_found"
    # the published file has stand-ins for chromosome 17: method UNKNOWN, no BAF
    assert results.loc["MAPK-9", "result"] == "not_tested"
    assert "no segment of purple with copies covers NF1" in results.loc["MAPK-9", "reason"]
    assert results.loc["HER2-7", "reason"] == "no such break in ERBB2 among 2 junctions"


@pytest.fixture(scope="module")
def civic(shared_data):
    return read_civic(shared_data / CIVIC)


def test_the_civic_table_loads(civic):
    assert civic.rows == 4854
    assert len(civic.items) == 1039
    assert sum(item.is_resistance for item in civic.items) == 821
    assert civic.newest_review == "2026-05-26"


def test_kras_g12d_finds_its_anti_egfr_items(civic):
    panel = load_panel(GenomeBuild.GRCH38)
    knowledge = knowledge_of(panel)
    g12d = Alteration("KRAS", "G12D", "snv")
    mapk_1 = next(rule for rule in knowledge.rules if rule.rule_id == "MAPK-1")
    known = known_alterations(
        [g12d], [RuleResult(mapk_1, Result.FOUND, "told", (Match(mapk_1, g12d, "listed"),))]
    )
    matches = civic_matches(
        civic,
        known,
        names=load_names(EVIDENCE / "civic_names.tsv"),
        scope=scope_of(load_cohort(SHIPPED_COHORT), knowledge.drug_classes),
        drugs=load_drugs(EVIDENCE / "drugs.tsv"),
    )
    supporting = {match.item.evidence_id for match in matches if match.supports}
    assert {"2207", "2193", "2236", "6316", "993", "5345"} <= supporting
    assert len(supporting) == 14
    assert "3946" not in supporting  # regorafenib
    assert not any(match.therapy is TherapyMatch.SAME_DRUGS for match in matches)


def test_every_civic_item_that_a_rule_cites_exists_and_points_where_the_rule_says(shared_data):
    panel = load_panel(GenomeBuild.GRCH38)
    knowledge = knowledge_of(panel)
    with gzip.open(shared_data / CIVIC, "rt", encoding="utf-8", newline="") as lines:
        items = {
            row["evidence_id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    cited = [(rule, eid) for rule in knowledge.rules for eid in rule.civic_eids]
    assert len(cited) >= 70
    for rule, eid in cited:
        item = items[eid]
        assert item["evidence_type"] == "Predictive", eid
        assert item["citation_id"] in rule.pmids, (rule.rule_id, eid)
        # One report names several genes of the pathway and is filed under BRAF.
        assert rule.gene is None or rule.gene in item["molecular_profile"] or eid == "2929", rule.rule_id


def test_the_sides_that_rules_tell_are_those_of_civic(shared_data):
    """`Does Not Support` items stand on the other side of rows of resistance, never among their support.

    They were 23 until HER2-3b (R678Q, item 286) and the G309A half of HER2-4b (item 282) turned out to be no rows of
    resistance: both are context now, and the two items are their support.
    """
    panel = load_panel(GenomeBuild.GRCH38)
    knowledge = knowledge_of(panel)
    with gzip.open(shared_data / CIVIC, "rt", encoding="utf-8", newline="") as lines:
        items = {
            row["evidence_id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    against = [rule for rule in knowledge.rules if rule.against_the_drug]
    supporting = [(rule, items[eid]) for rule in against for eid in rule.civic_eids]
    contrary = [
        (rule, items[eid])
        for rule in against
        for eid in re.findall(r"\d+", " ".join(re.findall(r"EID ([\d, ]+\d)", rule.evidence_against)))
    ]
    assert len(supporting) >= 61
    assert len(contrary) >= 21
    moved = {rule.rule_id: rule for rule in knowledge.rules if rule.rule_id in ("HER2-3b", "HER2-4d")}
    assert {name: (rule.against_the_drug, rule.civic_eids) for name, rule in moved.items()} == {
        "HER2-3b": (False, ("286",)),
        "HER2-4d": (False, ("282",)),
    }
    for rule, item in supporting:
        is_resistance = item["significance"] == "Resistance" and item["evidence_direction"] == "Supports"
        no_response = (
            item["significance"] == "Sensitivity/Response" and item["evidence_direction"] != "Supports"
        )
        overcome = (
            item["evidence_id"] == "1588"
        )  # MET amplification at progression, overcome by adding crizotinib
        assert is_resistance or no_response or overcome, (rule.rule_id, item["evidence_id"])
    for rule, item in contrary:
        denies = item["significance"] == "Resistance" and item["evidence_direction"] == "Does Not Support"
        responds = item["significance"] == "Sensitivity/Response" and item["evidence_direction"] == "Supports"
        assert denies or responds, (rule.rule_id, item["evidence_id"])
