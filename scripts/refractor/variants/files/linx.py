"""What LINX says of the junctions of a PURPLE VCF, where its tables lie beside it.

`X.purple.sv.vcf.gz` goes with `X.linx.breakend.tsv` and, for versions without vcfId there, `X.linx.svs.tsv`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from refractor.errors import Problem, VariantFileError
from refractor.files.bounded import text_lines
from refractor.variants.files.structural_variants import GeneBreakend

_NEEDED = ("gene", "disruptive", "undisruptedCopyNumber")


def linx_breakends(vcf: Path) -> dict[str, tuple[GeneBreakend, ...]]:
    """Per VCF record id, what LINX says of it in each gene (canonical transcripts); empty without LINX.

    Raises:
        VariantFileError: the table lies there and lacks its columns.
    """
    prefix = vcf.name.split(".", maxsplit=1)[0]
    breakends = vcf.with_name(f"{prefix}.linx.breakend.tsv")
    if not breakends.is_file():
        return {}
    rows = _rows(breakends, needed=_NEEDED)
    ids = _record_ids(vcf.with_name(f"{prefix}.linx.svs.tsv"))
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
