"""A user's CIViC table: columns, direction, profiles, disease and therapy."""

import gzip

import pytest
from evidence_builders import knowledge, rule

from refractor.errors import KnowledgeBaseError
from refractor.evidence.alterations import Alteration
from refractor.evidence.civic.items import (
    CivicItem,
    DiseaseMatch,
    TherapyMatch,
    civic_matches,
    disease_match,
    load_drugs,
    load_names,
    read_civic,
    therapy_match,
)
from refractor.evidence.civic.profiles import Fit, fits_of, is_understood, known_alterations
from refractor.evidence.knowledge.knowledge_base import EVIDENCE
from refractor.evidence.knowledge.rules_in_scope import scope_of
from refractor.evidence.lookups import Match, RuleResult
from refractor.settings.config import SHIPPED_COHORT, load_cohort
from refractor.vocabulary import Result

NAMES = load_names(EVIDENCE / "civic_names.tsv")
DRUGS = load_drugs(EVIDENCE / "drugs.tsv")
SCOPE = scope_of(load_cohort(SHIPPED_COHORT), knowledge().drug_classes)

NEW = [
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
    "last_review_date",
]
OLD = [
    "gene",
    "variant",
    "disease",
    "doid",
    "drugs",
    "evidence_type",
    "evidence_direction",
    "evidence_level",
    "clinical_significance",
    "pubmed_id",
    "rating",
    "evidence_status",
    "evidence_id",
    "last_review_date",
]


def row(columns, **cells):
    defaults = {
        "molecular_profile": "KRAS G12D",
        "gene": "KRAS",
        "variant": "G12D",
        "disease": "Colorectal Cancer",
        "doid": "9256",
        "therapies": "Cetuximab",
        "drugs": "Cetuximab",
        "evidence_type": "Predictive",
        "evidence_direction": "Supports",
        "evidence_level": "B",
        "significance": "Resistance",
        "clinical_significance": "Resistance",
        "citation_id": "1",
        "pubmed_id": "1",
        "rating": "3",
        "evidence_status": "accepted",
        "evidence_id": "7",
        "last_review_date": "2026-01-02 10:00:00 UTC",
    }
    return "\t".join((defaults | cells)[name] for name in columns)


def written(tmp_path, columns, *rows, name="civic.tsv"):
    path = tmp_path / name
    text = "\n".join(["\t".join(columns), *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("columns", [NEW, OLD], ids=["molecular profiles", "gene and variant"])
@pytest.mark.parametrize("name", ["civic.tsv", "civic.tsv.gz"])
def test_both_generations_of_columns(tmp_path, columns, name):
    table = read_civic(written(tmp_path, columns, row(columns), name=name))
    assert len(table.items) == 1
    item = table.items[0]
    assert (item.profile, item.therapies, item.citation, item.is_resistance) == (
        "KRAS G12D",
        ("Cetuximab",),
        "1",
        True,
    )
    assert table.version.startswith("2026-01-02+")


@pytest.mark.parametrize(
    ("cells", "kept", "resistance"),
    [
        ({}, 1, True),
        ({"evidence_direction": "Does Not Support"}, 1, False),
        ({"significance": "Sensitivity/Response", "evidence_direction": "Does Not Support"}, 0, None),
        ({"significance": "Sensitivity/Response"}, 0, None),
        ({"significance": "Reduced Sensitivity"}, 0, None),
        ({"evidence_type": "Prognostic"}, 0, None),
        ({"evidence_status": "submitted"}, 0, None),
    ],
)
def test_only_supported_predictive_resistance_is_resistance(tmp_path, cells, kept, resistance):
    table = read_civic(written(tmp_path, NEW, row(NEW, **cells)))
    assert table.rows == 1
    assert [item.is_resistance for item in table.items] == ([resistance] if kept else [])


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (
            "significance",
            r"civic.tsv:1: lacks the columns significance of CIViC's evidence table \(molecular",
        ),
        ("evidence_direction", "lacks the columns evidence_direction"),
        ("citation_id", "lacks the columns citation_id"),
    ],
)
def test_missing_columns_are_named_with_a_remedy(tmp_path, missing, message):
    columns = [name for name in NEW if name != missing]
    with pytest.raises(KnowledgeBaseError, match=message) as caught:
        read_civic(written(tmp_path, columns, row(columns)))
    assert "ClinicalEvidenceSummaries.tsv" in str(caught.value)


def test_a_table_without_items_is_refused(tmp_path):
    path = tmp_path / "civic.tsv"
    path.write_text("\t".join(NEW) + "\n", encoding="utf-8")
    with pytest.raises(
        KnowledgeBaseError, match=r"civic.tsv: holds no evidence item; download the table again"
    ):
        read_civic(path)


def test_a_row_cut_short_and_a_damaged_file(tmp_path):
    with pytest.raises(KnowledgeBaseError, match=r"civic.tsv:3: has 2 cells where the header has 13"):
        read_civic(written(tmp_path, NEW, row(NEW), "KRAS G12D\tColorectal"))
    path = written(tmp_path, NEW, row(NEW), name="cut.tsv.gz")
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(KnowledgeBaseError, match="damaged or truncated gzip"):
        read_civic(path)
    with pytest.raises(KnowledgeBaseError, match="is a directory"):
        read_civic(tmp_path)


G12D = Alteration("KRAS", "G12D", "snv")
E545K = Alteration("PIK3CA", "E545K", "snv")
YVMA = Alteration("ERBB2", "Y772_A775dup", "insertion")
MET_AMP = Alteration("MET", "amplification", "amplification")
PTEN_GONE = Alteration("PTEN", "homozygous deletion", "deep_deletion")
V600E = Alteration("BRAF", "V600E", "snv")
FUSED = Alteration("ALK", "BND 2:1-2:9", "structural_variant")


def met(rule_id, alteration):
    """The answer of a rule that the alteration meets."""
    return RuleResult(rule(rule_id), Result.FOUND, "told", (Match(rule(rule_id), alteration, "in the test"),))


TUMOR = known_alterations(
    [G12D, E545K, YVMA, MET_AMP, PTEN_GONE, V600E, FUSED], [met("MAPK-1", G12D), met("PI3K-1", E545K)]
)

PROFILES = [
    ("KRAS G12D", {0: Fit.EXACT}),
    ("KRAS G12V", {}),
    ("KRAS G12", {0: Fit.CODON}),
    ("KRAS G12/G13", {0: Fit.CODON}),
    ("KRAS G13", {}),
    ("KRAS Exon 2 Mutation", {0: Fit.REGION}),
    ("KRAS EXON 2 MUTATION", {0: Fit.REGION}),
    ("KRAS Exon 3 Mutation", {}),
    ("KRAS Mutation", {0: Fit.GENE}),
    ("KRAS Wildtype", {}),
    ("KRAS Amplification", {}),
    ("PIK3CA Exon 10 Mutation", {1: Fit.REGION}),
    ("PIK3CA EXON 9 MUTATION", {1: Fit.REGION}),
    ("PIK3CA Exon 21 Mutation", {}),
    ("PIK3CA EXON 20 MUTATION", {}),
    ("ERBB2 Y772_A775DUP", {2: Fit.EXACT}),
    ("ERBB2 A775_G776insYVMA", {2: Fit.EXACT}),
    ("ERBB2 Exon 20 Insertion", {2: Fit.REGION}),
    ("ERBB2 Kinase Domain Mutation", {2: Fit.REGION}),
    ("ERBB2 S310F/Y", {}),
    ("ERBB2 Mutation", {}),  # no rule names it in this tumour
    ("MET Amplification", {3: Fit.EVENT}),
    ("MET Overexpression", {}),
    ("MET Amplification AND NOT KRAS Mutation", {}),
    ("MET Amplification AND NOT NRAS Mutation", {3: Fit.EVENT}),
    ("PTEN Loss", {4: Fit.EVENT}),
    ("PTEN Deletion", {4: Fit.EVENT}),
    ("BRAF V600E AND BRAF Amplification", {}),
    ("BRAF V600E AND KRAS G12D", {5: Fit.EXACT, 0: Fit.EXACT}),
    ("KRAS G12V OR KRAS G12D", {0: Fit.EXACT}),
    ("BRAF V600E AND (KRAS G12V OR KRAS G12D)", {5: Fit.EXACT, 0: Fit.EXACT}),
    ("BRAF V600E AND (KRAS G12V OR KRAS G13D)", {}),
    ("v::ALK Fusion", {6: Fit.EVENT}),
    ("EML4::ALK Fusion", {6: Fit.EVENT}),
    ("NTRK1 Fusion", {}),
]


def test_count_of_profiles():
    assert len(PROFILES) == 35


@pytest.mark.parametrize(("profile", "fits"), PROFILES)
def test_profiles(profile, fits):
    assert fits_of(profile, TUMOR, NAMES) == fits


def test_a_truncation_that_a_rule_of_loss_names_is_a_loss():
    stop = Alteration("PTEN", "R130*", "snv")
    by_rule = known_alterations([], [met("PI3K-5", stop)])
    assert fits_of("PTEN Loss", by_rule, NAMES) == {0: Fit.EVENT}
    assert fits_of("PTEN Loss", known_alterations([stop], []), NAMES) == {}


def test_names_that_say_nothing_of_dna_are_not_understood():
    assert is_understood("KRAS G12D AND NOT MET Amplification", NAMES)
    assert not is_understood("MET Overexpression", NAMES)
    assert not is_understood("JAK2 Splice Site (c.1641+2T>G)", NAMES)


@pytest.mark.parametrize(
    "alteration",
    [
        Alteration("KRAS", "G12D", "germline", inherited=True),
        Alteration("KRAS", "G12D", "snv", filtered=True),
    ],
)
def test_inherited_and_filtered_variants_meet_nothing(alteration):
    assert known_alterations([alteration], []) == ()


@pytest.mark.parametrize(
    ("disease", "doid", "match"),
    [
        ("Colorectal Cancer", "9256", DiseaseMatch.SAME),
        ("Colon Adenocarcinoma", "", DiseaseMatch.SAME),
        ("Cancer", "162", DiseaseMatch.BROADER),
        ("Solid Tumor", "", DiseaseMatch.BROADER),
        ("Breast Cancer", "1612", DiseaseMatch.OTHER),
        ("", "", DiseaseMatch.OTHER),
    ],
)
def test_match_of_disease(disease, doid, match):
    item = CivicItem("1", "KRAS G12D", disease, doid, (), "Supports", "B", "3", "1")
    assert disease_match(item, SCOPE) is match


@pytest.mark.parametrize(
    ("therapies", "match"),
    [
        (("Pertuzumab", "Trastuzumab"), TherapyMatch.SAME_DRUGS),
        (("Trastuzumab", "Lapatinib"), TherapyMatch.SHARED_DRUG),
        (("Margetuximab",), TherapyMatch.SAME_CLASS),
        (("Cetuximab", "Irinotecan"), TherapyMatch.SAME_FAMILY),
        (("Regorafenib Anhydrous",), TherapyMatch.OTHER),
        ((), TherapyMatch.OTHER),
    ],
)
def test_match_of_therapy(therapies, match):
    assert therapy_match(therapies, SCOPE, DRUGS) is match


def test_support_needs_direction_disease_and_family(tmp_path):
    table = read_civic(
        written(
            tmp_path,
            NEW,
            row(NEW, evidence_id="1"),
            row(NEW, evidence_id="2", evidence_direction="Does Not Support"),
            row(NEW, evidence_id="3", therapies="Regorafenib Anhydrous"),
            row(NEW, evidence_id="4", disease="Lung Cancer", doid="1324"),
            row(NEW, evidence_id="5", disease="Breast Cancer", doid="1612", therapies="Trastuzumab"),
        )
    )
    found = civic_matches(table, TUMOR, names=NAMES, scope=SCOPE, drugs=DRUGS)
    assert len(found) == 5
    assert {match.item.evidence_id: match.supports for match in found} == {
        "1": True,
        "2": False,
        "3": False,
        "4": False,
        "5": True,
    }


def test_tp53_is_never_evidence(tmp_path):
    table = read_civic(written(tmp_path, NEW, row(NEW, molecular_profile="TP53 R175H")))
    r175h = Alteration("TP53", "R175H", "snv")
    known = known_alterations([r175h], [met("TSG-1", r175h)])
    assert civic_matches(table, known, names=NAMES, scope=SCOPE, drugs=DRUGS) == ()
