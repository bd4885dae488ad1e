"""Cells that do not fit their column: file, line, column, what is wrong, what is allowed."""

from __future__ import annotations

import pytest
from trial_folder import TrialFolder

from refractor.sheets import SampleRow

FAULTS = [
    # sheet, column, cell, the whole problem on line 2
    (
        "samples",
        "purity",
        "0",
        "'0' is out of range; allowed: a number above 0, at most 1 (share of tumour cells, 0-1)",
    ),
    (
        "samples",
        "purity",
        "45",
        "'45' is out of range; allowed: a number above 0, at most 1 (share of tumour cells, 0-1) (for 45 % write 0.45)",
    ),
    (
        "samples",
        "purity",
        "45%",
        "'45%' is not a number; allowed: a number above 0, at most 1 (share of tumour cells, 0-1) (for 45 % write 0.45)",
    ),
    (
        "samples",
        "purity",
        "0,45",
        "'0,45' is not a number; allowed: a number above 0, at most 1 (share of tumour cells, 0-1) "
        "(write 0.45, with a decimal point)",
    ),
    (
        "samples",
        "purity",
        "1.0001",
        "'1.0001' is out of range; allowed: a number above 0, at most 1 (share of tumour cells, 0-1) (for 1.0001 % write 0.010001)",
    ),
    ("samples", "purity", "NaN", "'NaN' is not a value; leave the cell empty where it is not known"),
    (
        "samples",
        "purity",
        "1e999",
        "'1e999' is not a number; allowed: a number above 0, at most 1 (share of tumour cells, 0-1)",
    ),
    ("samples", "ploidy", "-2", "'-2' is out of range; allowed: a number at least 0.5, at most 20 (copies)"),
    (
        "samples",
        "genome_build",
        "hg19",
        "'hg19' is not one of the allowed values; allowed: GRCh37, GRCh38 (write GRCh37)",
    ),
    (
        "samples",
        "genome_build",
        "grch38",
        "'grch38' is not one of the allowed values; allowed: GRCh37, GRCh38 (write GRCh38)",
    ),
    ("samples", "sex", "F", "'F' is not one of the allowed values; allowed: XX, XY (write XX)"),
    ("samples", "sex", "unknown", "'unknown' is not a value; leave the cell empty where it is not known"),
    (
        "samples",
        "copy_number_caller",
        "Purpel",
        "'Purpel' is not one of the allowed values; allowed: purple, cnvkit, facets, ascat, sequenza, purecn, gatk, "
        "allelic_segments, seg, battenberg, titan, absolute, sclust, hatchet, wakhan, control_freec, ichorcna, qdnaseq, dragen, gdc, total_copies, gene_calls (did you mean purple?)",
    ),
    (
        "samples",
        "collected_on",
        "04-03-2019",
        "'04-03-2019' is not a date; allowed: a date as YYYY-MM-DD (write 2019-03-04 or write 2019-04-03)",
    ),
    (
        "samples",
        "collected_on",
        "20190304",
        "'20190304' is not a date; allowed: a date as YYYY-MM-DD (write 2019-03-04)",
    ),
    ("samples", "collected_on", "2019-02-30", "'2019-02-30' is not a date; allowed: a date as YYYY-MM-DD"),
    ("samples", "collected_on", "2019-W10-1", "'2019-W10-1' is not a date; allowed: a date as YYYY-MM-DD"),
    (
        "samples",
        "collected_on",
        "43528",
        "'43528' is not a date; allowed: a date as YYYY-MM-DD (write 2019-03-04)",
    ),
    (
        "samples",
        "tumor_reads",
        "-x.bam",
        "'-x.bam' does not fit; allowed: a path without { } < >; where it begins with - write ./ before it",
    ),
    (
        "samples",
        "small_variants",
        "P{01}.vcf",
        "'P{01}.vcf' does not fit; allowed: a path without { } < >; where it begins with - write ./ before it",
    ),
    (
        "samples",
        "copy_number",
        "<results>.tsv",
        "'<results>.tsv' does not fit; allowed: a path without { } < >; where it begins with - write ./ before it",
    ),
    ("samples", "tumor_reads", "NA", "'NA' is not a value; leave the cell empty where it is not known"),
    (
        "samples",
        "tumor_reads",
        'a"b.bam',
        "'a\"b.bam' holds a quotation mark; cells are not quoted; leave it out",
    ),
    (
        "samples",
        "tumor_reads",
        "a\x07b.bam",
        "'a\\x07b.bam' holds U+0007, a control character; type the cell again",
    ),
    (
        "samples",
        "tumor_reads",
        "a\rb.bam",
        "'a\\rb.bam' holds U+000D, a control character; type the cell again",
    ),
    (
        "samples",
        "tumor_reads",
        "a\u200bb.bam",
        "'a\\u200bb.bam' holds U+200B, ZERO WIDTH SPACE; type the cell again",
    ),
    (
        "samples",
        "tumor_reads",
        "a\u2028b.bam",
        "'a\\u2028b.bam' holds U+2028, LINE SEPARATOR; type the cell again",
    ),
    (
        "patients",
        "age",
        "sixty",
        "'sixty' is not a number; allowed: a number at least 0, at most 120 (years)",
    ),
    (
        "patients",
        "age",
        "61 years",
        "'61 years' is not a number; allowed: a number at least 0, at most 120 (years) (write the number alone, without years)",
    ),
    (
        "patients",
        "prior_lines",
        "2.5",
        "'2.5' is not a whole number; allowed: a whole number at least 0, at most 30 (lines)",
    ),
    (
        "patients",
        "her2_ihc",
        "3",
        "'3' is not one of the allowed values; allowed: 0, 1+, 2+, 3+ (write 3+)",
    ),
    (
        "patients",
        "evaluable",
        "Y",
        "'Y' is not one of the allowed values; allowed: yes, no (write yes)",
    ),
    (
        "patients",
        "evaluable",
        "Yes",
        "'Yes' is not one of the allowed values; allowed: yes, no (write yes)",
    ),
    (
        "patients",
        "best_response",
        "Partial",
        "'Partial' is not one of the allowed values; allowed: CR, PR, SD, PD, NE",
    ),
    ("patients", "pfs_days", "-3", "'-3' is out of range; allowed: a number at least 0 (days)"),
    ("patients", "os_days", "-0.5", "'-0.5' is out of range; allowed: a number at least 0 (days)"),
    (
        "patients",
        "duration_of_response_days",
        "-1",
        "'-1' is out of range; allowed: a number at least 0 (days)",
    ),
    (
        "patients",
        "pfs_event",
        "2",
        "'2' is not one of the allowed values; allowed: 0, 1 (write 1 for the event and 0 for censored, if the export has 2 and 1 for them)",
    ),
    ("patients", "os_event", "yes", "'yes' is not a whole number; allowed: 0, 1 (write 1)"),
    ("adverse_events", "grade", "6", "'6' is out of range; allowed: a whole number at least 1, at most 5"),
    ("adverse_events", "grade", "", "the cell is empty; fill it: CTCAE grade."),
    (
        "adverse_events",
        "related",
        "1",
        "'1' is not one of the allowed values; allowed: yes, no (write yes)",
    ),
    (
        "assessments",
        "non_target",
        "SD",
        "'SD' is not one of the allowed values; allowed: CR, NON_CR_NON_PD, PD, NE (write NON_CR_NON_PD)",
    ),
    (
        "assessments",
        "target_sum_mm",
        "-1",
        "'-1' is out of range; allowed: a number at least 0, at most 5000 (mm)",
    ),
]


def sound_row(folder: TrialFolder, sheet: str) -> dict[str, str]:
    if sheet == "assessments":
        folder.assessments = [{"patient": "P01", "day": "56"}]
    if sheet == "adverse_events":
        folder.adverse_events = [{"patient": "P01", "term": "Diarrhea", "grade": "2"}]
    return folder.rows(sheet)[0]


@pytest.mark.parametrize(("sheet", "column", "cell", "problem"), FAULTS)
def test_a_cell_that_does_not_fit_is_named(
    folder: TrialFolder, sheet: str, column: str, cell: str, problem: str
) -> None:
    sound_row(folder, sheet)
    assert len(folder.read().samples) == 2  # sound before the cell is changed
    sound_row(folder, sheet)[column] = cell
    assert folder.problems() == [f"{sheet}.tsv:2 {column}: {problem}"]


@pytest.mark.parametrize(
    "name",
    [
        "P 01",
        "P/01",
        "..",
        ".",
        "P;rm",
        "Pé",
        "$P",
        "a'b",
        "{x}",
        "P" * 101,
        "T" + "0" * 20,
        "01" * 20,
        "ABCDE" * 20,
    ],
)
def test_names_hold_no_odd_characters_and_are_such_as_files_and_snakemake_take(
    folder: TrialFolder, name: str
) -> None:
    folder.samples[1]["sample"] = name
    allowed = "letters, digits and . _ -, but not . or .. alone; at most 100, and not ending with one part 20 times in a row"
    [problem] = folder.problems()
    assert problem.startswith(f"samples.tsv:3 sample: {name[:40]!r}"[:-1])
    assert problem.endswith(f" does not fit; allowed: {allowed}")


@pytest.mark.parametrize(
    "name",
    [
        "NA",
        "...",
        "-a",
        "A.b_c-1",
        "007",
        "." * 3 + "x",
        "AB" * 19,
        "T" + "0" * 20 + "1",
        ("ABCDEFGHIJ" * 10),
    ],
)
def test_names_of_the_contract_are_accepted(folder: TrialFolder, name: str) -> None:
    folder.samples[1]["sample"] = name
    assert [row.sample for row in folder.read().samples] == ["P01-T", name]


def test_cells_are_typed_as_plain_values(folder: TrialFolder) -> None:
    folder.samples[0] |= {"purity": "0.450", "ploidy": "3", "collected_on": "2019-03-04", "sex": "XX"}
    folder.patients[0] |= {
        "pfs_days": "57.0",
        "pfs_event": "1.0",
        "prior_lines": "3",
        "sex": "F",
        "age": "61",
    }
    trial = folder.read()
    assert len(trial.samples) == 2
    assert trial.samples[0] == SampleRow(
        line=2,
        patient="P01",
        sample="P01-T",
        tumor_reads="reads/P01-T.bam",
        normal_reads="reads/P01-N.bam",
        purity=0.45,
        ploidy=3.0,
        sex="XX",
        collected_on="2019-03-04",
    )
    assert {type(value) for row in trial.samples for value in row.cells().values()} == {str, float}
    patient = trial.patients[0]
    assert (patient.pfs_days, patient.pfs_event, patient.prior_lines, patient.sex) == (57.0, 1, 3, "female")
    assert {type(value) for row in trial.patients for value in row.cells().values()} == {str, float, int}


def test_empty_cells_are_none_and_left_out_of_cells(folder: TrialFolder) -> None:
    row = folder.read().samples[1]
    assert row.tumor_reads is None
    assert row.cells() == {
        "patient": "P02",
        "sample": "P02-T",
        "small_variants": "P02.vcf",
        "copy_number": "P02.cns",
    }


def test_line_numbers_are_no_part_of_a_row(folder: TrialFolder) -> None:
    before = folder.read().samples
    folder.samples.insert(0, {"patient": "P03", "sample": "new", "copy_number": "new.cns"})
    folder.put("new.cns")
    after = folder.read().samples
    assert len(after) == 3
    assert after[1:] == before
    assert [row.line for row in after[1:]] == [row.line + 1 for row in before]


def test_all_problems_of_all_sheets_come_at_once_in_order(folder: TrialFolder) -> None:
    folder.samples[0] |= {"purity": "2", "sex": "male"}
    folder.samples[1]["genome_build"] = "hg38"
    folder.patients[2]["age"] = "old"
    places = [problem.split(": ")[0] for problem in folder.problems()]
    assert places == [
        "samples.tsv:2 purity",
        "samples.tsv:2 sex",
        "samples.tsv:3 genome_build",
        "patients.tsv:4 age",
    ]
