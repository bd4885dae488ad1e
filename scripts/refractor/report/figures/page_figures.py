"""Every figure of the cohort's page, each declared once: name, where it stands, what draws it and what it says.

A new figure is a module that draws it and an entry here, with the section of the page that it is added to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refractor.report.cohort_results import CohortResults
from refractor.report.figures.adverse_event_bars import adverse_figure
from refractor.report.figures.association_forest import association_figure
from refractor.report.figures.changes_over_time import changes_figure
from refractor.report.figures.copies_by_benefit import copies_figure
from refractor.report.figures.drawing import Drawing
from refractor.report.figures.explanation_shares import explanation_figure
from refractor.report.figures.glance import glance_figure
from refractor.report.figures.kaplan_meier import survival_figure
from refractor.report.figures.oncoprint import oncoprint
from refractor.report.figures.swimmer import swimmer
from refractor.report.figures.two_stage_design import two_stage_figure
from refractor.report.figures.waterfall_and_spider import spider, waterfall
from refractor.report.patient_results import PatientResults
from refractor.results.analysis_tables import ASSOCIATIONS, COPIES, EXPLANATION, TWO_STAGE
from refractor.results.biopsy_tables import ACQUIRED
from refractor.results.cohort_tables import ADVERSE_EVENTS, ASSESSED_RESPONSES
from refractor.settings.cohort import Cohort


@dataclass(frozen=True, slots=True)
class Shown:
    """What figures are drawn from: the patients, the cohort's tables, and the trial's own names."""

    cards: Sequence[PatientResults]
    results: CohortResults
    cohort: Cohort


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. Its texts may name `{target}` and `{gene}`, the cohort's target and the gene that carries it.

    `absent` is said where `draw` has nothing to draw; empty where the figure is left out in silence.
    """

    name: str
    draw: Callable[[Shown], Drawing | None]
    caption: str
    absent: str
    data: str
    """The table of the page (its data-name) that holds what is drawn; empty where none does."""
    section: str = ""
    """Where the page adds it by itself (`sure`, `patients`, `outcomes`); empty where the template gives it a place."""


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A figure as a page shows it."""

    drawing: Drawing | None
    caption: str
    absent: str
    data: str
    section: str


FIGURES = (
    Figure(
        "glance", lambda shown: glance_figure(shown.cards, shown.results),
        "Each tile is a patient; point at it, or click it to mark it everywhere. On the right the share with a "
        "candidate among patients whose genome could show one. An explanation is worth something only where the "
        "control lies well below.",
        "No patients.",
        "patients",
    ),
    Figure(
        "oncoprint", lambda shown: oncoprint(shown.cards, shown.cohort),
        "Each column is a patient. {bars}Dark "
        "red: found, or contradicts the entry criteria; violet: a hypothesis (R4). Hatched: not assessable. The numbers "
        "stand in the table below.",
        "No patients.",
        "patients",
    ),
    Figure(
        "swimmer", lambda shown: swimmer(shown.cards, shown.results[ASSESSED_RESPONSES]),
        "Each bar is a patient. Coloured: time to progression; grey: survival; letters: responses at their scans.",
        "No times to draw.",
        "patients",
    ),
    Figure(
        "pfs", lambda shown: survival_figure(shown.results, "pfs"),
        "Progression-free survival, Kaplan-Meier with 95 % band (log-log).",
        "No progression-free survival.",
        "survival",
    ),
    Figure(
        "os", lambda shown: survival_figure(shown.results, "os"),
        "Overall survival, Kaplan-Meier with 95 % band (log-log).",
        "No overall survival.",
        "survival",
    ),
    Figure(
        "dor", lambda shown: survival_figure(shown.results, "duration_of_response"),
        "Duration of response from the first scan that showed it, Kaplan-Meier with 95 % band (log-log).",
        "No duration of response.",
        "survival",
    ),
    Figure(
        "two_stage", lambda shown: two_stage_figure(shown.cards, shown.results[TWO_STAGE]),
        "The line counts patients with benefit in order of entry. Red: the first stage's stop. Green: what the design "
        "calls success.",
        "The cohort file states no two-stage design, or the order of entry is not known.",
        "two_stage",
    ),
    Figure(
        "adverse", lambda shown: adverse_figure(shown.results[ADVERSE_EVENTS]),
        "Patients by the worst grade of each event, the most severe first.",
        "No event was recorded.",
        "adverse_events",
    ),
    Figure(
        "waterfall", lambda shown: waterfall(shown.cards, shown.results[ASSESSED_RESPONSES]),
        "Best change of the sum of the target lesions from baseline; blue with, orange without clinical benefit. N: a "
        "new lesion was found.",
        "No target lesion was measured after baseline.",
        "responses",
    ),
    Figure(
        "spider", lambda shown: spider(shown.cards, shown.results[ASSESSED_RESPONSES]),
        "Change of the sum of the target lesions over time, until progression or another treatment.",
        "",
        "responses",
    ),
    Figure(
        "explanation", lambda shown: explanation_figure(shown.results[EXPLANATION]),
        "Share of assessable patients that carry a candidate, with exact 95 % intervals, for each cut. An explanation is "
        "worth something only where the control lies well below.",
        "No patient with a known outcome has an assessable genome.",
        "explanation",
    ),
    Figure(
        "associations", lambda shown: association_figure(shown.results[ASSOCIATIONS]),
        "Odds ratio of being without benefit, exact 95 % interval, arrows where the interval is unbounded. ≥ or ≤: no "
        "carrier, or nobody else, is on one side, so only a bound can be given. Grey: not tested, as no result with "
        "these numbers could reach 0.05.",
        "No mechanism has carriers and patients of both outcomes.",
        "associations",
    ),
    Figure(
        "acquired", lambda shown: changes_figure(shown.results[ACQUIRED]),
        "Each line is an alteration of a patient, in the sample before treatment and in a later one. Red: new, blue: lost, "
        "both only where the other sample would have shown it; hatched: it could not have been seen there.",
        "",
        "acquired",
    ),
    Figure(
        "copies", lambda shown: copies_figure(shown.cards, shown.results[COPIES], gene=shown.cohort.target.gene or ""),
        "Each point is a patient with the range of its copies; hollow: copies not assessable. Dashed: cuts that were "
        "named beforehand.",
        "No copies of {gene} are known.",
        "patients",
    ),
)  # fmt: skip


def draw_figures(shown: Shown) -> dict[str, DrawnFigure]:
    """Every figure of the registry, drawn, by name."""
    target = shown.cohort.target_name
    bars = (
        f"Orange bars: {target} amplified; the whisker is the range of the copies (scale of roots). "
        if shown.cohort.target.by_copies
        else f"Orange: {target} found. "
    )
    names = {"target": target, "gene": shown.cohort.target.gene or "", "bars": bars}
    return {
        one.name: DrawnFigure(
            one.draw(shown), one.caption.format(**names), one.absent.format(**names), one.data, one.section
        )
        for one in FIGURES
    }
