"""Every shipped cohort with a small trial of its own, all in one run: no page speaks in the words of another cohort."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from small_trial import PROJECT, Trial

from refractor.evidence.knowledge.cohort_checks import checks_with
from refractor.evidence.knowledge.rules_in_scope import rules_in_scope, rules_on_other_drugs, scope_of
from refractor.genome.builds import LATEST_BUILD
from refractor.genome.panel import load_panel
from refractor.settings.cohort import Cohort
from refractor.settings.config import load_cohort
from synthetic.platform import cohort_file_of, declared_cohorts, write_platform
from synthetic.scored_platform import score_platform

pytestmark = pytest.mark.workflow

SHIPPED = {
    path.stem: load_cohort(path) for path in sorted((PROJECT / "resources" / "cohorts").glob("*.yaml"))
}
DECLARED = [one for one in declared_cohorts() if one.file in SHIPPED]
COHORTS = {one.cohort: SHIPPED[one.file] for one in DECLARED}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("shipped")
    write_platform(folder, DECLARED, patients=2, seed=1)
    found = Trial(folder, PROJECT)
    run = found.snakemake("--quiet", "all")
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    return found


def words_of_others(name: str) -> set[str]:
    """Drugs, diseases, patients, treatments and targets of the other cohorts that this one has nothing to do with.

    What a rule in scope of this cohort speaks of is its word too, and so is what those on other drugs of the family say,
    which stand beside a finding. Genes of its target's chromosome are landmarks of a figure.
    """
    own, knowledge = COHORTS[name], checks_with(()).knowledge
    scope = scope_of(own, knowledge.drug_classes)
    rules = (
        *rules_in_scope(knowledge.rules, scope),
        *rules_on_other_drugs(knowledge.rules, scope, knowledge.drug_families),
    )
    said = " ".join(
        " ".join((rule.gene or "", rule.statement, rule.evidence_for, rule.evidence_against, rule.note))
        for rule in rules
    ).lower()
    genes = load_panel(LATEST_BUILD).genes
    place = genes[own.target.gene].chromosome if own.target.gene else None
    beside = [symbol for symbol, gene in genes.items() if gene.chromosome == place]  # landmarks of its figure
    spoken = f"{said} {' '.join((*words_of(own), *beside))}".lower()
    foreign = {word for other in COHORTS.values() for word in words_of(other)} - words_of(own)
    return {word for word in foreign if word.lower() not in spoken}


def words_of(cohort: Cohort) -> set[str]:
    """What a page may call things because of this cohort's file."""
    return {
        *cohort.drugs, cohort.disease.name, *cohort.disease.synonyms, cohort.target_name, cohort.patients_name,
        cohort.treatment_name, cohort.name, *filter(None, [cohort.target.gene]),
    }  # fmt: skip


def text_of(page: Path) -> str:
    """What a reader sees of a page, scripts and styles aside."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_every_shipped_cohort_is_declared_once() -> None:
    assert sorted(one.file for one in DECLARED) == sorted(SHIPPED)
    assert len(SHIPPED) >= 7
    assert all(cohort_file_of(one).parent.name == "cohorts" for one in DECLARED)


@pytest.mark.parametrize("name", COHORTS)
def test_no_page_has_a_word_of_another_cohort(trial: Trial, name: str) -> None:
    folder = trial.folder / "results" / "cohorts" / name / "report"
    pages = [folder / "index.html", *sorted((folder / "patients").glob("*.html"))]
    assert len(pages) == 3
    foreign = words_of_others(name)
    assert len(foreign) > 5
    found = {
        page.name: sorted(
            word for word in foreign if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text_of(page), re.I)
        )
        for page in pages
    }
    assert found == {page: [] for page in found}


@pytest.mark.parametrize("name", COHORTS)
def test_page_and_study_have_the_cohorts_own_words(trial: Trial, name: str) -> None:
    cohort, folder = COHORTS[name], trial.folder / "results" / "cohorts" / name / "report"
    page = text_of(folder / "index.html")
    for word in (cohort.name, cohort.patients_name, cohort.treatment_name, cohort.target_name, *cohort.drugs):
        assert word in page, word
    assert cohort.name in (folder / "cbioportal" / "meta_study.txt").read_text(encoding="utf-8")


def test_every_target_and_planted_mechanism_is_found(trial: Trial) -> None:
    score = score_platform(trial.folder)
    assert score.misses == ()
    assert sum(one.quantity == "target" for one in score.verdicts) == 2 * len(COHORTS)
