"""The product is of no one gene: what a page, a call or a rule says of a gene comes from the cohort and from resources."""

from __future__ import annotations

import csv
import io
import re
import tokenize
from pathlib import Path

PROJECT = Path(__file__).parents[2]
WORDS = re.compile(
    r"(?<![a-z])(erbb2|her2|[knh]?ras|braf|cep17|chr17)(?![a-z0-9])|chromosome 17", re.IGNORECASE
)
BESIDE_THE_PRODUCT = ("simulate_", "score_", "build_")
"""Steps of the demo and of the resources."""


def fixed_names() -> dict[str, str]:
    """Names that the contract or a published trial fixes, and why each may stand."""
    with (PROJECT / "resources" / "panel" / "fixed_columns.tsv").open(encoding="utf-8") as rows:
        columns = [row["column"] for row in csv.DictReader(rows, delimiter="\t")]
    return {
        **dict.fromkeys(columns, "a column of patients.tsv, fixed for every cohort"),
        "her2_test": "what other sheets call her2_assay",
        "her2_ihc_score": "what other sheets call her2_ihc",
        "braf_scope": "a key of the cohort file, fixed since the first version",
        "PRESSING-HER2": "the name of the trial from which a threshold is",
    }


FIXED = fixed_names()


def gene_words(text: str) -> list[str]:
    """The words of single genes in a text, the fixed names taken out."""
    for name in sorted(FIXED, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z0-9])", "", text, flags=re.IGNORECASE)
    return [found.group() for found in WORDS.finditer(text)]


def in_python(path: Path) -> list[str]:
    """The words in names, strings, docstrings and comments, each with its place."""
    read = io.BytesIO(path.read_bytes()).readline
    return [
        f"{path.relative_to(PROJECT)}:{token.start[0]}: {word}"
        for token in tokenize.tokenize(read)
        if token.type != tokenize.ENCODING
        for word in gene_words(token.string)
    ]


def in_text(path: Path) -> list[str]:
    return [
        f"{path.relative_to(PROJECT)}:{number}: {word}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for word in gene_words(line)
    ]


def test_the_library_and_the_steps_name_no_gene_of_one_cohort() -> None:
    steps = [
        path for path in (PROJECT / "scripts").glob("*.py") if not path.name.startswith(BESIDE_THE_PRODUCT)
    ]
    library = list((PROJECT / "scripts" / "refractor").rglob("*.py"))
    assert len(steps) > 10
    assert len(library) > 300
    assert [word for path in (*library, *steps) for word in in_python(path)] == []


def test_rules_captions_and_pages_name_no_gene_of_one_cohort() -> None:
    workflow = [*(PROJECT / "workflow" / "rules").glob("*.smk"), *(PROJECT / "workflow" / "report").iterdir()]
    pages = [
        path
        for path in (PROJECT / "scripts" / "refractor").rglob("*")
        if path.suffix in (".j2", ".html", ".css", ".js", ".jinja")
    ]
    assert len(workflow) > 10
    assert len(pages) > 3
    assert [word for path in (PROJECT / "Snakefile", *workflow, *pages) for word in in_text(path)] == []


def test_a_word_would_be_found() -> None:
    assert gene_words("TARGET = 'ERBB2'") == ["ERBB2"]
    assert gene_words("KRAS_CODONS, on chromosome 17; Braf") == ["KRAS", "chromosome 17", "Braf"]
    assert gene_words("her2_calls, ras_statuses and erbb2_gain") == ["her2", "ras", "erbb2"]
    assert gene_words("chimeras_of(her2_call), erbb2_copy_number_over_ploidy, PRESSING-HER2") == []


def test_each_fixed_name_still_stands_somewhere() -> None:
    """What nobody needs any more is no longer allowed."""
    texts = [path.read_text(encoding="utf-8") for path in (PROJECT / "scripts" / "refractor").rglob("*.py")]
    assert [name for name in FIXED if not any(name in text for text in texts)] == []
