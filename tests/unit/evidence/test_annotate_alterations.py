"""The step annotate_alterations on hand-made tables of the earlier steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from evidence_builders import GENES

import annotate_alterations
import measure_copy_number
from refractor.evidence.knowledge.knowledge_base import EVIDENCE
from refractor.files.resources import RESOURCES
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.variant import Variant
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import (
    AMPLICONS,
    AMPLIFICATION_DEFINITIONS,
    GENE_COPY_NUMBER,
    PURITY_PLOIDY,
)
from refractor.results.evidence_tables import (
    ALTERATIONS,
    CIVIC_EVIDENCE,
    DECOY_RULES,
    ELIGIBILITY,
    EVIDENCE_CHANGES,
    LABEL,
    RULES,
)
from refractor.results.quality import QC
from refractor.results.variant_tables import CODON_STATUS, GENE_CALLABILITY
from refractor.step import run_step
from refractor.variants.consequences import Consequence
from refractor.variants.observation import Observation
from refractor.variants.panel_vcf import write_panel_vcf

RAS_AND_BRAF = [(gene, codon) for gene in ("KRAS", "NRAS") for codon in (12, 13, 59, 61, 117, 146)] + [
    ("BRAF", 600)
]


def called(gene, change, *, vaf=0.3, term="missense_variant", germline=False, filters=()):
    """A variant of the panel VCF at the first base of the codon that the change names."""
    codon = int("".join(filter(str.isdigit, change.split("_")[0])))
    place = GENES[gene].codon_positions(codon)[0]
    observation = Observation(
        Variant(GENES[gene].chromosome, place, "A", "C"),
        depth=100,
        ref_reads=round(100 * (1 - vaf)),
        alt_reads=round(100 * vaf),
        vaf=vaf,
        germline_likely=germline,
        filters=filters,
    )
    effect = Consequence(gene, GENES[gene].transcript, "c.1A>C", "", change, term, codon, codon)
    return observation, effect


@pytest.fixture
def folder(tmp_path):
    """Tables of a tumour of purity 0.6 with ERBB2 at 30 copies, wild-type at all decisive codons."""
    write_tables(tmp_path)
    return tmp_path


def write_tables(
    folder: Path, *variants, mutated=(), erbb2=30.0, call="amplified", purity=0.6, quality=()
) -> None:
    write_panel_vcf(
        folder / "variants.vcf.gz", variants, sample="T1", build=GenomeBuild.GRCH38, synthetic=False
    )
    codon_rows = [
        {"gene": gene, "codon": codon, "status": "wild_type", "depth": 100}
        | ({"status": "mutated", "vaf": 0.3, "protein_change": change} if change else {})
        for gene, codon in RAS_AND_BRAF
        for change in [dict(mutated).get((gene, codon))]
    ]
    gene_rows = [
        {
            "gene": symbol,
            "chromosome": gene.chromosome,
            "start": gene.start,
            "end": gene.end,
            "copy_number": 2.0,
            "copy_number_low": 1.8,
            "copy_number_high": 2.2,
            "minor_copy_number": 1.0,
            "arm_copy_number": 2.0,
            "call": "neutral",
            "source": "test",
        }
        | (
            {
                "copy_number": erbb2,
                "copy_number_low": erbb2 - 1,
                "copy_number_high": erbb2 + 1,
                "call": call,
                "p_amplified": 1.0,
            }
            if symbol == "ERBB2"
            else {}
        )
        for symbol, gene in GENES.items()
    ]
    purity_row = {
        "sample": "T1",
        "purity": purity,
        "ploidy": 2.0,
        "method": "given",
        "status": "ok" if purity else "not_assessable",
    }
    for table, rows, name in (
        (CODON_STATUS, codon_rows, "codon_status.tsv"),
        (GENE_COPY_NUMBER, gene_rows, "gene_copy_number.tsv"),
        (AMPLIFICATION_DEFINITIONS, [], "amplification_definitions.tsv"),
        (AMPLICONS, [], "amplicons.tsv"),
        (PURITY_PLOIDY, [purity_row], "purity_ploidy.tsv"),
        (GENE_CALLABILITY, [], GENE_CALLABILITY.name),
        (QC, quality, QC.name),
    ):
        table.write(table.from_rows(rows), folder / name, synthetic=False)


def annotate(folder: Path, *options: object) -> int:
    argv = [
        "--sample", "T1",
        "--variants", folder / "variants.vcf.gz",
        "--codon-status", folder / "codon_status.tsv",
        "--gene-callability", folder / "gene_callability.tsv",
        "--gene-copy-number", folder / "gene_copy_number.tsv",
        "--amplification-definitions", folder / "amplification_definitions.tsv",
        "--amplicons", folder / "amplicons.tsv",
        "--purity-ploidy", folder / "purity_ploidy.tsv",
        "--qc", folder / QC.name,
        "--output-dir", folder / "out",
        *options,
    ]  # fmt: skip
    return run_step(annotate_alterations.parser(), annotate_alterations.main, [str(part) for part in argv])


def table(folder: Path, declared):
    return declared.read(folder / "out" / declared.name)


def label_of(folder: Path) -> str:
    rows = table(folder, LABEL)
    assert len(rows) == 1
    return str(rows.loc[0, "label"])


def test_a_clean_tumour_is_eligible_and_has_no_candidate(folder):
    assert annotate(folder) == 0
    eligibility = table(folder, ELIGIBILITY)
    assert list(eligibility["criterion"]) == ["RAS", "BRAF", "HER2"]
    assert list(eligibility["status"]) == ["confirmed"] * 3
    assert list(eligibility["detail"]) == ["wild_type", "wild_type", "amplified"]
    assert label_of(folder) == "unresolved"  # not every coding change of ERBB2 was looked at
    rules = table(folder, RULES)
    assert len(rules) >= 98
    assert dict(rules.set_index("rule_id")["result"])["MAPK-1"] == "not_found"
    alterations = table(folder, ALTERATIONS)
    assert list(alterations["gene"]) == ["ERBB2"]
    assert list(alterations["candidate"]) == ["no"]


def test_a_mutation_is_found_explained_and_discordant(folder):
    variants = (
        called("KRAS", "G12D"),
        called("TP53", "R175H"),
        called("APC", "L15L", term="synonymous_variant"),
    )
    write_tables(folder, *variants, mutated=[(("KRAS", 12), "G12D")])
    assert annotate(folder) == 0
    rows = table(folder, ALTERATIONS)
    assert list(rows["gene"]) == ["KRAS", "TP53", "KRAS", "KRAS", "ERBB2"]  # of other drugs, beside
    first = rows.iloc[0]
    assert tuple(first[["gene", "alteration", "class", "rule_id", "tier", "candidate", "verified"]]) == (
        "KRAS",
        "G12D",
        "snv",
        "MAPK-1",
        "R1",
        "yes",
        "yes",
    )
    assert first["copies"] == pytest.approx(1.0)  # 0.3 * (0.6 * 2 + 0.8) / 0.6
    assert first["clonality"] == "clonal"  # one copy in every cell, and a cell has whole copies
    assert "Rule MAPK-1; PMID 30857956" in first["sentence"]
    best = rows.drop_duplicates("gene").set_index("gene")["candidate"]
    assert dict(best) == {"KRAS": "yes", "TP53": "no", "ERBB2": "no"}
    assert table(folder, ELIGIBILITY).loc[0, "status"] == "discordant"
    assert label_of(folder) == "candidate_r1"
    assert table(folder, LABEL).loc[0, "mechanisms"] == "MAPK"


def test_rules_on_other_drugs_are_looked_up_as_decoys_and_explain_nothing(folder):
    variants = (called("KRAS", "G12D"), called("MET", "D1228N"))
    write_tables(folder, *variants, mutated=[(("KRAS", 12), "G12D")])
    assert annotate(folder) == 0
    decoys = table(folder, DECOY_RULES).set_index("rule_id")
    assert len(decoys) >= 16
    told = ["result", "alteration", "clonality", "shared"]
    assert tuple(decoys.loc["EGFRI-1", told]) == ("found", "G12D", "clonal", "yes")
    assert tuple(decoys.loc["METI-1", told]) == ("found", "D1228N", "clonal", "no")
    assert (decoys.loc["BRAFI-4", "result"], decoys.loc["G12CI-1", "result"]) == ("not_found", "not_tested")
    assert not set(decoys.index) & set(table(folder, RULES)["rule_id"])
    assert "MET" not in table(folder, LABEL).loc[0, "sentence"]


@pytest.mark.parametrize(
    ("variant", "note"),
    [
        (called("ERBB2", "I655V", vaf=0.5), "known germline polymorphism rs1136201"),
        (called("ERBB2", "P1170A", vaf=0.5), "known germline polymorphism rs1058808"),
        (called("ERBB2", "V777L", germline=True), "called inherited by its source"),
        (called("ERBB2", "V777L", filters=("panel_of_normals",)), "filtered by its source: panel_of_normals"),
    ],
)
def test_germline_traps_and_filtered_variants_never_explain(folder, variant, note):
    write_tables(folder, variant)
    assert annotate(folder) == 0
    row = table(folder, ALTERATIONS).set_index("alteration").loc[variant[1].protein_change]
    assert row["candidate"] == "no"
    assert note in row["note"]
    assert label_of(folder) == "unresolved"  # not every coding change of ERBB2 was looked at


def test_a_mutation_on_the_amplified_allele_is_told_from_one_that_is_not(folder):
    # purity 0.6, 30 copies: 18 of 18.8 shares; VAF 0.9 is 28.2 copies, VAF 0.032 is 1 copy
    write_tables(folder, called("ERBB2", "V777L", vaf=0.9), called("ERBB2", "L755S", vaf=0.03))
    assert annotate(folder) == 0
    rows = table(folder, ALTERATIONS)
    notes = rows[rows["rule_id"] == "HER2-2"].set_index("alteration")["note"]
    assert len(notes) == 2
    assert "28.2 of 30.0 copies carry it: the amplified allele" in notes["V777L"]
    assert "not the amplified allele, or gained after the amplification" in notes["L755S"]
    other = rows[rows["rule_id"] == "HER2-2t"]
    assert len(other) == 2
    assert set(other["candidate"]) == {"no"}
    assert other["note"].str.startswith("speaks of HER2_TKI, which this cohort does not give").all()


def test_another_cohort_without_code(folder):
    write_tables(
        folder, called("BRAF", "V600E"), called("MAP2K1", "K57N"), mutated=[(("BRAF", 600), "V600E")]
    )
    assert annotate(folder, "--cohort", RESOURCES / "cohorts" / "braf_v600e_colorectal.yaml") == 0
    eligibility = table(folder, ELIGIBILITY)
    assert dict(eligibility.set_index("criterion")["status"]) == {"RAS": "confirmed", "BRAF": "confirmed"}
    rules = table(folder, RULES)
    assert len(rules) == 14
    assert list(rules.loc[rules["result"] == "found", "rule_id"]) == ["BRAFI-5"]
    assert label_of(folder) == "candidate_r2_r3"
    candidates = table(folder, ALTERATIONS).query("candidate == 'yes'")
    assert list(candidates["alteration"]) == ["K57N"]


def test_one_new_row_is_seen_in_an_old_run_without_calling_again(folder):
    write_tables(folder, called("MAP2K1", "L375R"))
    before = (folder / "variants.vcf.gz").read_bytes()
    assert annotate(folder) == 0
    assert label_of(folder) == "unresolved"  # not every coding change of ERBB2 was looked at
    assert len(table(folder, EVIDENCE_CHANGES)) == 0
    grown = folder / "evidence"
    shutil.copytree(EVIDENCE, grown)
    path = grown / "rules" / "mapk.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    new = next(line for line in lines if line.startswith("MAPK-8\t")).split("\t")
    header = lines[0].split("\t")
    new[0], new[header.index("match")] = "MAPK-12", "L375R"
    path.write_text("\n".join([*lines, "\t".join(new)]) + "\n", encoding="utf-8")
    assert annotate(folder, "--evidence", grown) == 0
    assert label_of(folder) == "candidate_r2_r3"
    changes = table(folder, EVIDENCE_CHANGES)
    assert list(zip(changes["change"], changes["cause"], strict=True)) == [
        ("relabelled", "knowledge"),
        ("added", "knowledge"),
    ]
    assert changes.loc[1, "rule_id"] == "MAPK-12"
    assert (folder / "variants.vcf.gz").read_bytes() == before
    assert annotate(folder) == 0
    assert list(table(folder, EVIDENCE_CHANGES)["change"]) == ["relabelled", "dropped"]


def test_the_modifier_of_earlier_treatment(folder):
    write_tables(folder, called("NRAS", "Q61K"), called("PIK3CA", "E545K"))
    for answer, result in (("yes", "found"), ("no", "not_found")):
        assert annotate(folder, "--patient-prior-anti-egfr", answer) == 0
        assert table(folder, RULES).set_index("rule_id").loc["CLIN-1", "result"] == result
        notes = table(folder, ALTERATIONS).set_index("rule_id")["note"]
        assert ("had an anti-EGFR antibody before" in notes["MAPK-2"]) is (answer == "yes")
        assert "had an anti-EGFR antibody before" not in notes["PI3K-1"]
        assert label_of(folder) == "candidate_r1"


def looked_at(folder, *genes, **cells):
    """Every codon of `genes` looked at, or what `cells` say of them."""
    rows = [
        {
            "gene": symbol,
            "coding_bases": GENES[symbol].cds_length,
            "assessable_bases": GENES[symbol].cds_length,
            "assessable_share": 1.0,
            "reason": "as the test says",
            "substitution_codons": f"1-{GENES[symbol].protein_length + 1}",
            "indel_codons": f"1-{GENES[symbol].protein_length + 1}",
            "covered": "yes",
        }
        | cells
        for symbol in genes
    ]
    GENE_CALLABILITY.write(GENE_CALLABILITY.from_rows(rows), folder / GENE_CALLABILITY.name, synthetic=False)


def results_of(folder):
    assert annotate(folder) == 0
    return table(folder, RULES).set_index("rule_id")


def test_a_gene_that_was_looked_at_can_be_denied(folder):
    assert results_of(folder).loc["PI3K-1", "result"] == "not_tested"
    looked_at(folder, "PIK3CA", "PTEN")
    rules = results_of(folder)
    assert rules.loc["PI3K-1", "result"] == "not_found"
    assert rules.loc["PI3K-5", "result"] == "not_tested"
    assert rules.loc["PI3K-5", "reason"] == "no structural variants given"
    assert "whole coding sequence of NF1 was not shown" in rules.loc["MAPK-9", "reason"]


@pytest.mark.parametrize(
    ("substitutions", "indels", "codon_rule", "insertions", "deletions"),
    [
        ("1-1256", "1-1256", "not_found", "not_found", "not_found"),
        ("1-1256", "1-771,784-1256", "not_found", "not_tested", "not_found"),
        ("1-1256", "1-757,761-1256", "not_found", "not_found", "not_tested"),
        ("", "", "not_tested", "not_tested", "not_tested"),
    ],
)
def test_exon_20_is_denied_only_where_an_insertion_would_have_been_seen(
    folder, substitutions, indels, codon_rule, insertions, deletions
):
    looked_at(folder, "ERBB2", substitution_codons=substitutions, indel_codons=indels, covered="no")
    rules = results_of(folder)
    assert rules.loc["HER2-4c", "result"] == codon_rule
    assert {rules.loc["HER2-2b", "result"], rules.loc["HER2-2c", "result"]} == {insertions}
    assert rules.loc["HER2-2d", "result"] == deletions
    if insertions != codon_rule:
        assert "insertions and deletions at" in rules.loc["HER2-2b", "reason"]
    assert rules.loc["HER2-5", "result"] == "not_tested"  # splice sites: the whole gene


def test_low_purity_is_not_assessable_and_never_a_mechanism(folder):
    write_tables(folder, call="not_assessable", purity=0.12)
    genes = GENE_COPY_NUMBER.read(folder / "gene_copy_number.tsv").assign(call="not_assessable")
    GENE_COPY_NUMBER.write(genes, folder / "gene_copy_number.tsv", synthetic=False)
    codons = CODON_STATUS.read(folder / "codon_status.tsv").assign(status="not_assessable")
    CODON_STATUS.write(codons, folder / "codon_status.tsv", synthetic=False)
    assert annotate(folder) == 0
    assert label_of(folder) == "not_assessable"
    rules = table(folder, RULES).set_index("rule_id")["result"]
    assert rules["HER2-10"] == "found"
    assert rules["HER2-1"] == "not_tested"
    assert set(table(folder, ELIGIBILITY)["status"]) == {"not_assessable"}


@pytest.mark.parametrize("record", [True, False])
def test_a_broken_file_of_structural_variants(folder, record):
    broken = folder / "sv.vcf"
    broken.write_text("chrom,start\n1,2\n", "utf-8")
    options = ["--structural-variants", broken] + (["--record-failures"] if record else [])
    assert annotate(folder, *options) == (0 if record else 2)
    if record:
        states = ANALYSES.read(folder / "out" / "annotation_analyses.tsv").set_index("analysis")
        assert states.loc["structural_variants", "state"] == "failed"
        assert table(folder, RULES).set_index("rule_id").loc["HER2-7", "result"] == "not_tested"
    else:
        assert not (folder / "out" / "label.tsv").exists()


@pytest.mark.parametrize(
    ("major", "eligible", "below_20"),
    [
        (4, "discordant", "found"),
        (5, "not_assessable", "found"),
        (6, "confirmed", "found"),
        (13, "confirmed", "found"),
        (18, "confirmed", "not_tested"),
        (24, "confirmed", "not_found"),
    ],
)
def test_amplification_just_under_and_over(folder, major, eligible, below_20):
    """Ploidy 2.0, so more than 6 copies: 4+1 is less, the interval of 5+1 holds the limit, 6+1 is more; those of 18+1 hold 20."""
    cna = folder / "cna.tsv"
    lengths = CONTIG_LENGTHS[GenomeBuild.GRCH38]  # the whole genome: a ploidy needs it
    rows = ["Chromosome\tStart\tEnd\tnMajor\tnMinor"]
    for number in range(1, 23):
        if number == 17:
            rows += [
                "17\t1\t39000000\t1\t1",
                f"17\t39000001\t40500000\t{major}\t1",
                f"17\t40500001\t{lengths['17']}\t1\t1",
            ]
        else:
            rows.append(f"{number}\t1\t{lengths[str(number)]}\t1\t1")
    cna.write_text("\n".join(rows) + "\n", "utf-8")
    argv = [
        "--sample", "T1", "--copy-number", cna, "--genome-build", "GRCh38", "--purity", 0.6,
        "--output-dir", folder,
    ]  # fmt: skip
    argv = [str(part) for part in argv]
    assert run_step(measure_copy_number.parser(), measure_copy_number.main, argv) == 0
    assert annotate(folder) == 0
    her2 = table(folder, ELIGIBILITY).set_index("criterion").loc["HER2"]
    assert her2["status"] == eligible
    found = table(folder, RULES).set_index("rule_id")["result"]
    assert found["HER2-1b"] == below_20


def test_a_civic_table_stands_beside_the_rules(folder):
    civic = folder / "civic.tsv"
    columns = [
        "molecular_profile",
        "disease",
        "doid",
        "therapies",
        "evidence_type",
        "evidence_direction",
        "evidence_level",
        "significance",
        "citation_id",
        "rating",
        "evidence_status",
        "evidence_id",
    ]
    items = [
        ["KRAS G12D", "Colorectal Cancer", "9256", "Cetuximab", "Predictive", "Supports", "B", "Resistance"],
        [
            "KRAS G12D",
            "Colorectal Cancer",
            "9256",
            "Cetuximab",
            "Predictive",
            "Does Not Support",
            "B",
            "Resistance",
        ],
    ]
    lines = ["\t".join([*item, "1", "3", "accepted", str(900 + number)]) for number, item in enumerate(items)]
    civic.write_text("\n".join(["\t".join(columns), *lines]) + "\n", "utf-8")
    write_tables(folder, called("KRAS", "G12D"))
    assert annotate(folder, "--civic", civic) == 0
    rows = table(folder, CIVIC_EVIDENCE)
    assert dict(zip(rows["evidence_id"], rows["supports"], strict=True)) == {"900": "yes", "901": "no"}
    row = table(folder, ALTERATIONS).iloc[0]
    assert row["civic_eids"] == "5345,993,900"
    assert (
        "1 items of resistance (1 of same disease, same family), none to just these drugs, 1 items against it"
        in row["note"]
    )
    analyses = ANALYSES.read(folder / "out" / "annotation_analyses.tsv").set_index("analysis")["reason"]
    assert "CIViC undated+" in analyses["annotation"]


def test_the_users_oncokb_annotation_is_shown(folder):
    maf = folder / "annotated.maf"
    maf.write_text("Hugo_Symbol\tHGVSp_Short\tLEVEL_R1\tLEVEL_R2\nKRAS\tp.G12D\tCetuximab\t\n", "utf-8")
    write_tables(folder, called("KRAS", "G12D"), called("KRAS", "G13D"))
    assert annotate(folder, "--small-variants", maf) == 0
    rows = table(folder, ALTERATIONS).query("gene == 'KRAS'")
    said = {name: set(rows.loc[rows["alteration"] == name, "oncokb"].dropna()) for name in ("G12D", "G13D")}
    assert said == {"G12D": {"R1: Cetuximab"}, "G13D": set()}


def test_a_faulty_knowledge_base_stops_the_step_and_writes_nothing(folder, capsys):
    broken = folder / "evidence"
    shutil.copytree(EVIDENCE, broken)
    path = broken / "rules" / "mapk.tsv"
    path.write_text(path.read_text("utf-8").replace("MAPK-1\tKRAS", "MAPK-1\tKRASS"), "utf-8")
    assert annotate(folder, "--evidence", broken) == 2
    assert "mapk.tsv:2 gene: MAPK-1: unknown gene 'KRASS'; did you mean KRAS?" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_synthetic_marks_every_table(folder):
    assert annotate(folder, "--synthetic") == 0
    written = sorted((folder / "out").glob("*.tsv"))
    assert len(written) == 9
    assert all(path.read_text("utf-8").splitlines()[0].endswith("\tsynthetic") for path in written)


def told(metric: str, status: str, value: float) -> dict[str, object]:
    return {
        "metric": metric,
        "value": value,
        "unit": "indels/Mb",
        "status": status,
        "note": "PURPLE says MSI: from 4",
    }


def test_what_the_whole_genome_shows_is_context_and_speaks_against_a_mutated_erbb2(folder):
    unstable = [told("microsatellite_indels", "warn", 12.5)]
    write_tables(folder, called("ERBB2", "V777L"), called("PIK3CA", "H1047R"), quality=unstable)
    assert annotate(folder) == 0
    rules = table(folder, RULES).set_index("rule_id")
    assert rules.loc["IMM-1", "result"] == "found"
    assert rules.loc["IMM-1b", "result"] == "not_tested"
    rows = table(folder, ALTERATIONS).query("candidate == 'yes'").set_index("gene")
    assert "CONFLICT: the tumour has microsatellite instability (12.5 indels/Mb)" in rows.loc["ERBB2", "note"]
    assert "odds ratios 5.98 and 5.13" in rows.loc["ERBB2", "note"]
    assert "CONFLICT" not in str(rows.loc["PIK3CA", "note"])
    assert (
        "In conflict with it, the tumour has microsatellite instability"
        in table(folder, LABEL).loc[0, "sentence"]
    )


def test_a_stable_tumour_or_an_unknown_one_speaks_against_nothing(folder):
    for quality in ([told("microsatellite_indels", "pass", 0.1)], []):
        write_tables(folder, called("ERBB2", "V777L"), quality=quality)
        assert annotate(folder) == 0
        result = table(folder, RULES).set_index("rule_id").loc["IMM-1", "result"]
        assert result == ("not_found" if quality else "not_tested")
        assert "CONFLICT" not in "".join(table(folder, ALTERATIONS)["note"].fillna(""))
