"""The shipped knowledge base, and what is wrong with others."""

import re
import shutil
from pathlib import Path

import pytest
from evidence_builders import GENES, PANEL, TRANSCRIPTS, knowledge

from refractor.errors import KnowledgeBaseError
from refractor.evidence.knowledge.knowledge_base import EVIDENCE, knowledge_of, load_knowledge_base
from refractor.evidence.polymorphisms import load_polymorphisms
from refractor.genome.builds import GenomeBuild
from refractor.genome.reference import Reference
from refractor.genome.transcript import Transcript
from refractor.settings.schemas import load_schema
from refractor.vocabulary import Observability, Tier

SCIENCE_ENTRIES = (
    [f"MAPK-{n}" for n in range(1, 11)]
    + [f"PI3K-{n}" for n in range(1, 7)]
    + [f"HER2-{n}" for n in range(1, 11)]
    + [f"RTK-{n}" for n in range(1, 6)]
    + ["CC-1", "CC-2", "AMP-1", "TSG-1", "IMM-1", "IMM-2", "GL-1", "CLIN-1"]
)
"""Every entry of section 2 of the science reference."""


def test_every_entry_of_the_science_reference_has_its_row():
    assert len(SCIENCE_ENTRIES) == 39
    rows = {rule.rule_id for rule in knowledge().rules}
    assert [entry for entry in SCIENCE_ENTRIES if entry not in rows] == []


def test_all_rules_load_with_sources_and_both_sides_of_conflicts():
    rules = knowledge().rules
    assert len(rules) >= 109
    assert [rule.rule_id for rule in rules if not rule.sources()] == []
    assert [rule.rule_id for rule in rules if rule.conflicting != bool(rule.evidence_against)] == []
    tiers = {tier: sum(rule.tier is tier for rule in rules) for tier in Tier}
    least = {Tier.R1: 8, Tier.R2: 12, Tier.R3: 14, Tier.R4: 31, Tier.R5: 48}
    assert all(tiers[tier] >= number for tier, number in least.items())


def test_what_is_told_has_a_source_that_was_looked_up():
    rules = [rule for rule in knowledge().rules if rule.tier is not Tier.R5]
    assert len(rules) >= 60
    assert [rule.rule_id for rule in rules if not rule.verified] == []
    explaining = [rule for rule in rules if rule.can_explain]
    assert len(explaining) >= 30
    assert [
        rule.rule_id for rule in explaining if not (rule.pmids or rule.civic_eids or rule.other_sources)
    ] == []


def test_what_a_genome_cannot_show_explains_nothing():
    unseen = [rule.rule_id for rule in knowledge().rules if rule.observability is Observability.NO]
    assert len(unseen) == 4
    assert [
        rule_id
        for rule_id in unseen
        if next(r for r in knowledge().rules if r.rule_id == rule_id).tier is not Tier.R5
    ] == []


def test_a_cut_of_another_assay_is_context():
    """S1613 cut at 20 copies; FISH counts 10.9 where sequencing counts 27.7 in the same tumours."""
    row = next(rule for rule in knowledge().rules if rule.rule_id == "HER2-1b")
    assert (row.tier, row.against_the_drug, row.conflicting) == (Tier.R5, False, True)


def test_context_never_explains():
    context = [rule for rule in knowledge().rules if rule.tier is Tier.R5]
    assert len(context) >= 48
    assert not any(rule.can_explain or rule.is_hypothesis for rule in context)
    assert {"TP53", "APC", "SMAD4"} <= {rule.gene for rule in context}


def test_pik3ca_rules_name_codons_and_no_exon():
    rules = [rule for rule in knowledge().rules if rule.gene == "PIK3CA"]
    assert len(rules) == 8
    assert all(rule.event.codons for rule in rules)
    assert not any("exon" in token.lower() for rule in rules for token in rule.match)
    contrary = {rule.rule_id: rule.evidence_against for rule in rules}
    assert "EID 8662" in contrary["PI3K-3b"]
    assert "EID 8663" in contrary["PI3K-3c"]


def test_every_residue_is_that_of_the_transcript():
    """Numbering on another transcript would name other residues. Sequence that is not shipped says nothing."""
    wanted = set()
    for rule in knowledge().rules:
        changes = getattr(rule.event, "changes", ())
        wanted |= {(rule.gene, codon, residue) for codon, residue in rule.event.residues.items()}
        wanted |= {(rule.gene, change.last, change.reference_last) for change in changes}
    assert len(wanted) >= 128
    codon_table = dict(
        zip(
            (a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"),
            "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
            strict=True,
        )
    )
    unknown = 0
    with Reference(None, GenomeBuild.GRCH38) as reference:
        coding = {gene: Transcript(GENES[gene], reference).coding for gene, _, _ in wanted}
    for gene, codon, residue in sorted(wanted):
        triplet = coding[gene][3 * codon - 3 : 3 * codon]
        if "N" in triplet:
            unknown += 1
        else:
            assert codon_table[triplet] == residue, (gene, codon)
    assert unknown <= 10


def test_the_schema_says_what_each_column_means():
    schema = load_schema("evidence")
    assert len(schema["properties"]) == 26
    assert all(item["description"] for item in schema["properties"].values())
    assert "enum" not in schema["properties"]["event_type"]  # the kinds of event stand in their registry
    header = (EVIDENCE / "rules" / "mapk.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert header == list(schema["properties"])


@pytest.fixture
def copy_of_evidence(tmp_path):
    shutil.copytree(EVIDENCE, tmp_path / "evidence")
    return tmp_path / "evidence"


def edit(folder, name, old, new, *, count=1):
    path = folder / "rules" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def problems_of(folder) -> list[str]:
    with pytest.raises(KnowledgeBaseError) as caught:
        load_knowledge_base(folder, transcripts=TRANSCRIPTS)
    return [str(problem).replace(str(folder) + "/rules/", "") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("mapk.tsv", "MAPK-1\tKRAS", "MAPK-1\tKRASS", "mapk.tsv:2 gene: MAPK-1: unknown gene 'KRASS'; did you mean KRAS?"),
        ("mapk.tsv", "G12A/C/D/F/R/S/V; G13A", "G12A/C/Z; G13A", "mapk.tsv:2 match: MAPK-1: 'G12A/C/Z' is not in the notation"),
        ("mapk.tsv", "G12A/C/D/F/R/S/V", "p.G12A/C/D/F/R/S/V", "mapk.tsv:2 match: MAPK-1: 'p.G12A/C/D/F/R/S/V' is not in"),
        ("mapk.tsv", "\tNM_004985\t", "\tNM_033360\t", "mapk.tsv:2 transcript: MAPK-1: numbered on NM_033360, while"),
        ("mapk.tsv", "\tNM_004985\t", "\t\t", "mapk.tsv:2 transcript: MAPK-1: codons without a transcript; MANE Select NM_004985"),
        ("mapk.tsv", "\tR1\tMAPK", "\tR6\tMAPK", "mapk.tsv:2 tier: 'R6' is not allowed; R1, R2, R3, R4, R5"),
        ("mapk.tsv", "HER2_antibody;", "HER2_antibdy;", "unknown drug or class 'HER2_antibdy'; did you mean HER2_antibody?"),
        ("mapk.tsv", "\tresistant\tR1", "\tresistant\tR5", "mapk.tsv:2 direction: MAPK-1: resistant of tier R5"),
        ("erbb2.tsv", "\t6\tno\t", "\t\tno\t", "erbb2.tsv:2 max_copies: HER2-1: low_copy_number without a limit"),
        ("context.tsv", "TSG-1\tTP53\tany_change\tany\t\tcontext\tR5", "TSG-1\tTP53\tany_change\tany\t\tresistant\tR3", "TSG-1: TP53 is never evidence"),
        ("pi3k.tsv", "\t2026-11-22", "\tlast week", "pi3k.tsv:2 date: 'last week' is not allowed"),
        ("pi3k.tsv", "rule_id\tgene", "rule\tgene", "pi3k.tsv:1: lacks the columns rule_id"),
        ("pi3k.tsv", "PI3K-1\tPIK3CA\t", "PI3K-1\tPIK3CA", "pi3k.tsv:2: has 25 cells where the header has 26; separate cells by one tab"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_remedy(copy_of_evidence, name, old, new, message):
    edit(copy_of_evidence, name, old, new)
    found = problems_of(copy_of_evidence)
    assert any(message in problem for problem in found), found


def test_a_rule_without_a_source(copy_of_evidence):
    path = copy_of_evidence / "rules" / "mapk.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split("\t")
    header = lines[0].split("\t")
    for name in ("pmids", "civic_eids", "other_sources"):
        cells[header.index(name)] = ""
    path.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:]]), encoding="utf-8")
    assert problems_of(copy_of_evidence) == [
        "mapk.tsv:2 pmids: MAPK-1: a rule without a source; fill pmids, civic_eids or other_sources"
    ]


def added_row(folder, rule_id, new_id, **cells):
    path = next(p for p in (folder / "rules").glob("*.tsv") if f"\n{rule_id}\t" in p.read_text("utf-8"))
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    row = dict(zip(header, next(x for x in lines if x.startswith(f"{rule_id}\t")).split("\t"), strict=True))
    row |= {"rule_id": new_id} | cells
    path.write_text("\n".join([*lines, "\t".join(row[name] for name in header)]) + "\n", encoding="utf-8")


def test_a_mechanism_of_one_target_is_not_for_any_drug(copy_of_evidence):
    added_row(copy_of_evidence, "AMP-1", "AMP-9", gene="TCAP", drug_scope="any")
    (problem,) = problems_of(copy_of_evidence)
    assert re.search(
        r"context.tsv:\d+ drug_scope: AMP-9: any drug, though amplicon_context is about drugs that aim at ERBB2; name",
        problem,
    )


def test_a_contradictory_duplicate(copy_of_evidence):
    added_row(copy_of_evidence, "MAPK-5", "MAPK-911", match="V600E", direction="responsive")
    (problem,) = problems_of(copy_of_evidence)
    assert re.search(
        r"mapk.tsv:\d+ match: MAPK-911 contradicts MAPK-5 \(mapk.tsv:\d+\) on BRAF V600E", problem
    )
    assert "keep one row with conflicting=yes and both sides" in problem


def test_a_repeated_rule_and_a_taken_id(copy_of_evidence):
    added_row(copy_of_evidence, "MAPK-5", "MAPK-911", match="V600E; V600K")
    added_row(copy_of_evidence, "RTK-3", "RTK-1", drug_scope="lapatinib")
    found = problems_of(copy_of_evidence)
    assert len(found) == 2
    assert any("MAPK-911 repeats MAPK-5" in text and "V600E, V600K" in text for text in found)
    assert any("rule_id RTK-1 is taken by receptor_bypass.tsv:2" in text for text in found)


def test_the_opposite_for_another_drug_is_no_contradiction(copy_of_evidence):
    added_row(copy_of_evidence, "MAPK-5", "MAPK-911", direction="responsive", drug_scope="encorafenib")
    loaded = load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS)
    assert len(loaded.rules) == len(knowledge().rules) + 1


@pytest.mark.parametrize(
    ("like", "cells", "message"),
    [
        (
            "MAPK-5",
            {"match": "V600E", "direction": "responsive", "drug_scope": "trastuzumab", "conflicting": "no"},
            "MAPK-911 contradicts MAPK-5 (mapk.tsv:",  # MAPK-5 speaks of all antibodies against HER2
        ),
        (
            "HER2-2b",
            {"match": "P780_Y781insGSP", "direction": "responsive"},
            "MAPK-911 contradicts HER2-2b (erbb2.tsv:6) on ERBB2 P780_Y781insGSP",  # G778_P780dup, elsewhere named
        ),
        (
            "MAPK-1",
            {"match": "V12D", "conflicting_alleles": ""},
            "MAPK-911: KRAS codon 12 is V here and G in BRAFI-1 (braf_v600e.tsv:2)",
        ),
        (
            "MAPK-1b",
            {"match": "A12"},
            "MAPK-911: KRAS codon 12 is A here and G in BRAFI-1 (braf_v600e.tsv:2)",
        ),
        ("MAPK-1", {"match": "G12D"}, "MAPK-911: G13, A146: not asked for by the row"),
        (
            "MAPK-1c",
            {"match": "T58I", "disease_scope": "colorectal cancr"},
            "did you mean colorectal cancer?",
        ),
        (
            "HER2-1",
            {"match": "definition:6_copis", "max_copies": "7"},
            "unknown definition '6_copis'; did you mean 6_copies?",
        ),
    ],
)
def test_a_row_that_does_not_fit_the_others_or_would_never_be_met(copy_of_evidence, like, cells, message):
    added_row(copy_of_evidence, like, "MAPK-911", **cells)
    found = problems_of(copy_of_evidence)
    assert any(message in problem for problem in found), found


@pytest.mark.parametrize(
    ("like", "cells", "codon"),
    [
        ("MAPK-1c", {"match": "T58I; G189A"}, 189),  # KRAS (4B) has 188 residues
        ("MAPK-6b", {"match": "keeps:457-767"}, 767),  # BRAF has 766
        ("PI3K-4b", {"match": "434-725:inframe_deletion"}, 725),  # PIK3R1 has 724
    ],
)
def test_a_codon_beyond_the_protein(copy_of_evidence, like, cells, codon):
    added_row(copy_of_evidence, like, "MAPK-911", **cells)
    lengths = {symbol: item.protein_length for symbol, item in GENES.items()}
    with pytest.raises(KnowledgeBaseError, match=f"MAPK-911: codon {codon} lies beyond the {codon - 1} of"):
        load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS, protein_lengths=lengths)


def test_the_shipped_rows_lie_within_their_proteins():
    lengths = {symbol: item.protein_length for symbol, item in GENES.items()}
    assert len(lengths) >= 50
    loaded = load_knowledge_base(transcripts=TRANSCRIPTS, protein_lengths=lengths)
    assert loaded.rules == knowledge().rules


def test_a_drug_may_differ_from_its_class_where_both_rows_say_so(copy_of_evidence):
    both = {"match": "V600E", "direction": "responsive", "drug_scope": "trastuzumab", "conflicting": "yes"}
    added_row(copy_of_evidence, "MAPK-5", "MAPK-911", **both)
    assert (
        len(load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS).rules)
        == len(knowledge().rules) + 1
    )


def test_another_disease_is_no_slip_of_the_pen(copy_of_evidence):
    added_row(
        copy_of_evidence, "MAPK-1c", "MAPK-911", match="T58I", disease_scope="gastric cancer; colon cancer"
    )
    assert (
        len(load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS).rules)
        == len(knowledge().rules) + 1
    )


def test_all_problems_are_told_at_once(copy_of_evidence):
    edit(copy_of_evidence, "mapk.tsv", "MAPK-1\tKRAS", "MAPK-1\tKRASS")
    edit(copy_of_evidence, "pi3k.tsv", "E542A", "542A")
    edit(copy_of_evidence, "erbb2.tsv", "\tyes\trefractor", "\tperhaps\trefractor")
    assert len(problems_of(copy_of_evidence)) == 3


def test_a_folder_without_rules(tmp_path):
    with pytest.raises(
        KnowledgeBaseError, match=r"holds no \*.tsv of rules; give the folder resources/evidence"
    ):
        load_knowledge_base(tmp_path, transcripts=TRANSCRIPTS)


def test_the_version_follows_the_content(copy_of_evidence):
    before = load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS).version
    assert before == knowledge().version
    edit(copy_of_evidence, "mapk.tsv", "2026-11-22", "2026-12-01")
    after = load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS).version
    assert after.startswith("2026-12-01+")
    assert after != before


def test_hand_saved_files_load_the_same(copy_of_evidence):
    """Byte-order mark, Windows line ends and trailing spaces change nothing."""
    path = copy_of_evidence / "rules" / "mapk.tsv"
    text = path.read_text(encoding="utf-8").replace("MAPK-1\t", "MAPK-1 \t").replace("\n", "\r\n")
    path.write_text("\ufeff" + text, encoding="utf-8", newline="")
    assert load_knowledge_base(copy_of_evidence, transcripts=TRANSCRIPTS).rules == knowledge().rules


def test_polymorphisms_name_known_genes_and_changes():
    known = load_polymorphisms(EVIDENCE / "polymorphisms.tsv").known
    assert len(known) == 11
    assert {gene for gene, _ in known} <= set(GENES)
    assert known["ERBB2", "I655V"] == "rs1136201"
    assert ("ERBB2", "P1170A") in known


def test_a_polymorphism_outside_the_notation(tmp_path):
    path = tmp_path / "polymorphisms.tsv"
    path.write_text("gene\tprotein_change\trsid\nERBB2\t655V\trs1\n", encoding="utf-8")
    with pytest.raises(
        KnowledgeBaseError, match=r"polymorphisms.tsv:2 protein_change: '655V' is not a protein"
    ):
        load_polymorphisms(path)


def test_own_rules_are_added_and_stand_in_the_place_of_shipped_ones(tmp_path: Path) -> None:
    lines = (EVIDENCE / "rules" / "mapk.tsv").read_text().splitlines()
    columns = lines[0].split("\t")
    first = dict(zip(columns, lines[1].split("\t"), strict=True))
    changed = first | {"tier": "R4"}
    added = first | {"rule_id": "OWN-1", "match": "Y32S", "conflicting_alleles": ""}
    own = tmp_path / "own.tsv"
    own.write_text(
        "\n".join(
            ["\t".join(columns), *("\t".join(row[name] for name in columns) for row in (changed, added))]
        )
        + "\n"
    )
    shipped = knowledge()
    loaded = load_knowledge_base(transcripts=TRANSCRIPTS, own_rules=[own])
    assert len(loaded.rules) == len(shipped.rules) + 1
    by_id = {rule.rule_id: rule for rule in loaded.rules}
    assert by_id[first["rule_id"]].tier == "R4"
    assert by_id["OWN-1"].file == "own.tsv"
    assert loaded.version.startswith(f"{shipped.version} with own.tsv+")
    assert loaded.version.endswith(f"(2 rules; in place of shipped ones: {first['rule_id']})")


def test_own_rules_are_checked_as_the_shipped_ones_are(tmp_path: Path) -> None:
    text = (EVIDENCE / "rules" / "mapk.tsv").read_text()
    own = tmp_path / "own.tsv"
    own.write_text(text.replace("\tKRAS\t", "\tKRASS\t"))
    with pytest.raises(KnowledgeBaseError, match=r"own\.tsv:2 gene: .*unknown gene 'KRASS'"):
        load_knowledge_base(transcripts=TRANSCRIPTS, own_rules=[own])


@pytest.mark.parametrize(
    ("like", "cells", "message"),
    [
        (
            "MAPK-4",
            {"gene": "ALK", "transcript": ""},
            "amplification of ALK, a gene outside the panel of which only fusions are told; copy its lines of",
        ),
        (
            "RTK-7",
            {"match": "keeps:1116-1392"},
            "a fusion of ALK, a gene outside the panel, without the codons between which it breaks; add breaks:first-last",
        ),
        (
            "RTK-7",
            {"match": "keeps:1116-1392; breaks:many"},
            "'breaks:many' is not in the notation of fusion",
        ),
        ("RTK-7", {"match": "breaks:1022-1116"}, "'breaks:1022-1116' is not in the notation of fusion"),
        ("RTK-7", {"match": "keeps:1116-1392; breaks:1022-1700"}, "codon 1700 lies beyond the 1620 of ALK"),
    ],
)
def test_of_a_gene_outside_the_panel_fusions_alone_can_be_asked(copy_of_evidence, like, cells, message):
    added_row(copy_of_evidence, like, "MAPK-911", **cells)
    with pytest.raises(KnowledgeBaseError) as raised:
        knowledge_of(PANEL, copy_of_evidence)
    assert any(message in str(problem) for problem in raised.value.problems), raised.value
