"""What LINX says of the junctions of a PURPLE VCF, where its tables lie beside it.

`X.purple.sv.vcf.gz` goes with `X.linx.breakend.tsv` and, for versions without vcfId there, `X.linx.svs.tsv`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.files.bounded import text_lines
from refractor.variants.files.structural_variants import GeneBreakend

_NEEDED = ("gene", "disruptive", "undisruptedCopyNumber")
_OF_ONE_RUN = 0.5
"""Share of LINX's junctions that its VCF holds at least: those that PURPLE infers are not in its callers' files."""
_AFTER_THE_NAME = re.compile(
    r"(\.(purple|gripss|gridss|esvee|linx|sv|svs|somatic|filtered|unfiltered))*\.(vcf|vcf\.gz|vcf\.bgz|bcf)$"
)


def linx_tables(vcf: Path) -> tuple[Path, Path] | None:
    """LINX's tables of breakends and of junctions beside a VCF, the second there or not; None without the first."""
    prefix = _AFTER_THE_NAME.sub("", vcf.name)
    breakends = vcf.with_name(f"{prefix}.linx.breakend.tsv")
    return (breakends, vcf.with_name(f"{prefix}.linx.svs.tsv")) if breakends.is_file() else None


def linx_breakends(vcf: Path) -> dict[str, tuple[GeneBreakend, ...]]:
    """Per VCF record id, what LINX says of it in each gene (canonical transcripts); empty without LINX.

    Raises:
        VariantFileError: the table lies there and lacks its columns.
    """
    tables = linx_tables(vcf)
    if tables is None:
        return {}
    breakends, junctions = tables
    rows = _rows(breakends, needed=_NEEDED)
    ids = _record_ids(junctions)
    found: dict[str, list[GeneBreakend]] = defaultdict(list)
    for row in rows:
        if row.get("canonical", "true").lower() != "true":
            continue
        name = row.get("vcfId") or ids.get((row.get("svId", ""), row.get("isStart", "true").lower()), "")
        copies = row["undisruptedCopyNumber"]
        found[name].append(
            GeneBreakend(
                gene=row["gene"],
                disruptive=row["disruptive"].lower() == "true",
                undisrupted_copies=float(copies) if copies else None,
            )
        )
    return {name: tuple(items) for name, items in found.items() if name}


def check_run(vcf: Path, annotated: Collection[str], records: Collection[str]) -> None:
    """Whether LINX's tables are of the run that wrote the VCF, by the ids of its records.

    Raises:
        VariantFileError: less than half of the junctions that LINX names are there.
    """
    tables = linx_tables(vcf)
    missing = sorted(set(annotated).difference(records))
    if tables is None or len(missing) <= _OF_ONE_RUN * len(annotated):
        return
    what = f"names {len(missing)} of {len(annotated)} junctions that {vcf.name} does not have, the first {missing[0]}"
    remedy = "give both of one run, or move LINX's tables away"
    raise VariantFileError(Problem(tables[0], what, allowed=remedy))


def _record_ids(svs: Path) -> dict[tuple[str, str], str]:
    """VCF record id by LINX's svId and whether it is the start."""
    if not svs.is_file():
        return {}
    ids = {}
    for row in _rows(svs, needed=("svId",)):
        for column, start in (("vcfIdStart", "true"), ("vcfIdEnd", "false"), ("vcfId", "true")):
            if row.get(column):
                ids[(row["svId"], start)] = row[column]
    return ids


def _rows(path: Path, *, needed: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(text_lines(path, VariantFileError), delimiter="\t", quoting=csv.QUOTE_NONE)
    rows = list(reader)
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise VariantFileError(
            Problem(
                path, f"lacks the columns {', '.join(missing)}", line=1, allowed="the table that LINX writes"
            )
        )
    return rows
