"""One measured quality of a sample's files, as a row of qc.tsv."""

from __future__ import annotations

from enum import StrEnum

from refractor.results.records import column, record, table_of

SHEET_DOUBT = "sheet_"
"""Begins the metric that says that a column of the sheet, named next, is not what the tumour's files say; its note is
a question of the cohort's table of questions."""


MICROSATELLITES, BURDEN = "microsatellite_indels", "mutational_burden"
"""Metrics of the whole genome, a megabase each: indels in repeats, mutations. Warn: unstable, high."""
INDELS_OF_FILE, BURDEN_OF_FILE = "microsatellite_indels_of_file", "mutational_burden_of_file"
"""The same two, counted here in the user's VCF. No value: not assessable."""
SLIPPAGE = "microsatellite_slippage"
"""Metric of the reads: share of the tumour's alleles at repeats that slipped. Warn: unstable; no value: not assessable."""

POLE_HOTSPOT = "pole_exonuclease"
"""Metric of the user's VCF: a pathogenic change of the exonuclease domain of POLE, or none. Warn: found; no value: not
assessable."""
SOMATIC_VAF = "somatic_vaf"
"""Metric of the user's VCF beside reads: the share of the fit's first solution once somatic VAFs are weighed. No value: not
used. Warn: of another tumour, or they speak against that solution by more than they are let count."""
SAMPLED_SUBSTITUTIONS = "sampled_substitutions"
"""The same of a second look without a VCF: by substitutions seen in the sampled windows of tumour and normal. No value: not
used, and the note says why."""
SECOND_LOOK = "second_look"
"""Metric of the reads where the first answer was not sure and more of them were read: the share of the fit's first solution
then. The note says what was in doubt, what was read, and what it changed."""
GERMLINE = "germline_"
"""Begins the metric of an inherited genotype of the normal, named by its dbSNP number next. No value: not assessable."""


class QualityStatus(StrEnum):
    """How a measurement is judged."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@record
class Quality:
    """One measured quality of the sample's files."""

    metric: str = column("Name of the measurement")
    value: str | float | int | None = column("Value", default=None)
    unit: str = column("Unit", default="")
    status: QualityStatus = column("Judgement")
    note: str = column("What the judgement rests on", default="")


QC = table_of(Quality, "qc.tsv", step="call_variants")
COPY_NUMBER_QC = table_of(Quality, "copy_number_qc.tsv", step="measure_copy_number")
"""The rows of the copy-number step; qc.tsv holds them too, with those of the variants step."""
