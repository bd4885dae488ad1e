"""docs/output.md says every column of every result, and nothing else."""

from __future__ import annotations

from pathlib import Path

from refractor.report.output_manual import ANALYSES_FILES, output_manual
from refractor.results.all_tables import COHORT_TABLES, TUMOR_TABLES
from refractor.results.analyses import ANALYSES

CHECKOUT = Path(__file__).resolve().parents[3]
FROZEN = CHECKOUT / "tests" / "regression" / "demo"


def test_the_manual_is_what_the_declarations_say() -> None:
    written = (CHECKOUT / "docs" / "output.md").read_text(encoding="utf-8")
    assert written == output_manual(), "python scripts/write_data_dictionary.py"


def test_every_column_of_every_table_is_in_the_manual() -> None:
    manual = output_manual()
    for table in (*TUMOR_TABLES, *COHORT_TABLES):
        names = ANALYSES_FILES if table is ANALYSES else (table.name,)
        for name in names:
            assert f"`{name}`" in manual
        section = manual.split(f"`{names[-1]}`\n\n{table.meaning}\n")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.meaning} |" in section, (table.name, column.name)


def test_every_table_of_the_demo_is_declared() -> None:
    declared = {table.name.partition(".")[0] for table in TUMOR_TABLES} | {n[:-4] for n in ANALYSES_FILES}
    declared |= {f"cohort_{table.name.partition('.')[0]}" for table in COHORT_TABLES}
    frozen = {path.name.removesuffix(".tsv.gz") for path in FROZEN.glob("*.tsv.gz")}
    assert len(frozen) > 40
    no_tables_of_ours = {
        "variants_vcf",
        "variants_vcf_header",
        "evidence_state",
        "files",
        "genotypes",
        "pileups",
    }
    no_tables_of_ours |= {"pileups_about", "provenance", "study", "summary", "workbook"}
    assert frozen - no_tables_of_ours <= declared
