"""A cohort file drafted from target, event, drugs and disease: every kind is accepted by the checks of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from refractor.cli.command import main
from refractor.errors import InputError
from refractor.evidence.knowledge.cohort_checks import read_checked_cohort
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import load_panel
from refractor.new_trial.draft_cohort import draft_cohort, is_draft
from refractor.settings.target import TargetEvent

DRAFTS = {
    "MET, amplification, capmatinib, lung non-small cell carcinoma": {"gene": "MET"},
    "KRAS G12C, small_variant, sotorasib + panitumumab, colorectal cancer": {"protein_changes": ("G12C",)},
    "EGFR exon 20, mutation, afatinib, lung non-small cell carcinoma": {"exons": (20,)},
    "KRAS codons 12/13, mutation, sotorasib, colorectal cancer": {"codons": (12, 13)},
    "FGFR2 1-768, fusion, pemigatinib, cholangiocarcinoma": {"keeps": "1-768"},
    "PTEN, loss, olaparib, prostate cancer": {"event": TargetEvent.BIALLELIC_LOSS},
    "EGFR, expression, panitumumab, colorectal cancer": {"event": TargetEvent.EXPRESSION},
    ", MSI, nivolumab, colorectal cancer": {"gene": None},
    ", TMB, pembrolizumab, breast cancer": {"event": TargetEvent.TUMOR_MUTATIONAL_BURDEN},
}


@pytest.mark.parametrize("words", DRAFTS)
def test_a_draft_is_accepted_as_it_stands(tmp_path: Path, words: str) -> None:
    path = tmp_path / "cohort.yaml"
    path.write_text(draft_cohort(words).text)
    cohort, _ = read_checked_cohort(path)
    assert {key: getattr(cohort.target, key) for key in DRAFTS[words]} == DRAFTS[words]
    assert cohort.drugs == tuple(one.strip() for one in words.split(",")[2].split("+"))
    assert cohort.drug_classes
    assert cohort.criterion_of_target() is not None


def test_every_kind_of_target_can_be_drafted(tmp_path: Path) -> None:
    path = tmp_path / "cohort.yaml"
    seen = set()
    for words in DRAFTS:
        path.write_text(draft_cohort(words).text)
        seen.add(read_checked_cohort(path)[0].target.event)
    assert seen == set(TargetEvent)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("METT, amplification, capmatinib, lung cancer", "'METT' is no gene of the panel; did you mean MET?"),
        (
            "MET, amplifcation, capmatinib, lung cancer",
            "is no event of a target; did you mean amplification?",
        ),
        (
            "MET, amplification, capmatinb, lung cancer",
            "'capmatinb' is no known drug; did you mean capmatinib?",
        ),
        ("FGFR2, fusion, pemigatinib, cholangiocarcinoma", "target.keeps: is empty"),
        ("MET, amplification, , lung cancer", "names no drug or no disease"),
        ("KRAS G12, small_variant, sotorasib, colorectal cancer", "'G12' is no protein change"),
    ],
)
def test_what_is_unknown_is_refused_with_the_nearest(words: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        draft_cohort(words)
    assert told in str(refused.value)


def test_a_synonym_and_the_lack_of_rules_are_told() -> None:
    odd = draft_cohort("MET, amplification, capmatinib, lung adenocarcinoma").warnings
    assert odd == (
        "lung adenocarcinoma is taken for lung non-small cell carcinoma, with all that the synonyms name",
    )
    assert (
        "no tumour of this cohort can carry a candidate"
        in draft_cohort(", MSI, nivolumab, colorectal cancer").warnings[0]
    )


def test_the_command_drafts_checks_and_writes_nothing_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_draft("MET, amplification, capmatinib, lung cancer") and not is_draft("met_amplified_lung")
    trial = tmp_path / "trial"
    assert main(["new", str(trial), "--cohort", "MET, amplifcation, capmatinib, lung cancer"]) == 2
    assert not trial.exists()
    capsys.readouterr()
    assert main(["new", str(trial), "--cohort", "MET, amplification, capmatinib, lung cancer"]) == 0
    assert "warning: cohort.yaml: lung cancer is taken for" in capsys.readouterr().out
    (trial / "samples.tsv").write_text("patient\tsample\tcopy_number\n")
    (trial / "patients.tsv").write_text("patient\nP1\n")
    main(["check", str(trial)])
    assert "cohort: lung non-small cell carcinoma under capmatinib (cohort.yaml)" in capsys.readouterr().out


def test_a_target_that_ships_as_rows_to_copy_brings_its_table(tmp_path: Path) -> None:
    words = "BRCA2, loss, olaparib, prostate cancer"
    assert main(["new", str(tmp_path / "t"), "--cohort", words]) == 0
    config = (tmp_path / "t" / "config.yaml").read_text()
    assert "\npanel: own_genes.tsv " in config
    assert "\ncohort: cohort.yaml " in config
    genes = (tmp_path / "t" / "own_genes.tsv").read_text().splitlines()
    assert [line.split("\t")[0] for line in genes] == ["symbol", "BRCA2", "BRCA2"]
    assert list(load_panel(LATEST_BUILD).genes)[-1] == "PPM1D"  # in force for the draft alone


def test_a_gene_near_a_further_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'BRCA3' is no gene of the panel; did you mean BRCA2\?"):
        draft_cohort("BRCA3, loss, olaparib, prostate cancer")
    cohort = tmp_path / "cohort.yaml"
    cohort.write_text(draft_cohort("BRCA2, loss, olaparib, prostate cancer").text)
    with pytest.raises(InputError, match=r"copy its lines of resources/panel/further_genes.tsv into a table"):
        read_checked_cohort(cohort)
