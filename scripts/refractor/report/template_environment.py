"""How templates become pages: escaped, strict about missing names, with the words that they all use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import jinja2

from refractor.report.amplicon_words import carrying_words, verdict_words
from refractor.report.links import gene_link, linked
from refractor.report.pages.open_questions import open_questions
from refractor.report.pages.reasons import reason
from refractor.report.plain_words import (
    RESPONSES,
    codon_criteria,
    criteria_words,
    days_in_words,
    days_words,
    few_copies_words,
    figure_words,
    mechanism_words,
    months_short,
    plain,
)

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache
def page_environment(*, synthetic: bool) -> jinja2.Environment:
    """The environment of every page, its templates read once; `synthetic` marks pages and figures."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        plain=plain, mechanism_words=mechanism_words, figure_words=figure_words, few_copies_words=few_copies_words, verdict_words=verdict_words, carrying_words=carrying_words, days_words=days_words,
        synthetic=synthetic, response_words=RESPONSES, open_questions=open_questions, linked=linked, gene_link=gene_link, reason=reason, days_in_words=days_in_words, months_short=months_short, criteria_words=criteria_words, codon_criteria=codon_criteria,
    )  # fmt: skip
    return environment
