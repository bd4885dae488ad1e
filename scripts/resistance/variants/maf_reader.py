"""MAF -> observations over the panel.

Columns by name in any case. Which of Tumor_Seq_Allele1 and 2 is the variant is told by each row: the one that
differs from Reference_Allele (GDC writes the variant into Allele2, MOAlmanac into Allele1).
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resistance.errors import Problem, VariantFileError
from resistance.genome import CHROMOSOMES, GenomeBuild, bare_contig
from resistance.panel import Panel
from resistance.reference import Reference
from resistance.variants.build_fit import Place, build_problem, build_that_fits, fits_of
from resistance.variants.codon_neighbours import Phased, with_neighbours
from resistance.variants.germline_signs import GERMLINE_FILTERS
from resistance.variants.normalise import normalise
from resistance.variants.observation import Observation, SmallVariants, Variant
from resistance.variants.reader_settings import ReaderSettings
from resistance.variants.regions import panel_regions
from resistance.variants.vcf_checks import MAX_PROBLEMS, check_complete
from resistance.variants.vcf_header import BYTE_ORDER_MARK, fault, is_compressed, read_decompressed_start

log = logging.getLogger(__name__)

MAF_ORIGIN = "maf"
_BUILD = {
    "37": GenomeBuild.GRCH37,
    "grch37": GenomeBuild.GRCH37,
    "hg19": GenomeBuild.GRCH37,
    "38": GenomeBuild.GRCH38,
    "grch38": GenomeBuild.GRCH38,
    "hg38": GenomeBuild.GRCH38,
}
_NEEDED: dict[str, tuple[str, ...]] = {
    "Chromosome": ("chromosome",),
    "Start_Position": ("start_position", "start"),
    "Reference_Allele": ("reference_allele", "ref"),
    "Tumor_Seq_Allele2": ("tumor_seq_allele2",),
}
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "Tumor_Seq_Allele1": ("tumor_seq_allele1",),
    "End_Position": ("end_position", "end"),
    "NCBI_Build": ("ncbi_build",),
    "Tumor_Sample_Barcode": ("tumor_sample_barcode",),
    "Hugo_Symbol": ("hugo_symbol",),
    "t_ref_count": ("t_ref_count",),
    "t_alt_count": ("t_alt_count",),
    "t_depth": ("t_depth",),
    "n_ref_count": ("n_ref_count",),
    "n_alt_count": ("n_alt_count",),
    "n_depth": ("n_depth",),
    "Mutation_Status": ("mutation_status",),
    "FILTER": ("filter",),
    "HGVSp_Short": ("hgvsp_short", "protein_change"),
}
_EMPTY = frozenset({"", ".", "NA", "N/A", "nan", "NaN", "null"})
_ALLELE = re.compile(r"[ACGTNacgtn]+|-")
_COUNT = re.compile(r"\d+(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a MAF, its cells by the standard names; None where the cell is empty or the column absent."""

    line: int
    cells: dict[str, str | None]

    def get(self, name: str) -> str | None:
        """The cell of a column."""
        return self.cells.get(name)

    def count(self, name: str) -> int | None:
        """A read count."""
        value = self.cells.get(name)
        return None if value is None else int(float(value))


def is_maf(path: Path) -> bool:
    """Whether the first line that is no comment names a MAF's columns."""
    check_complete(path)
    start = read_decompressed_start(path, 262_144).removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
    for line in start.splitlines():
        if line and not line.startswith("#"):
            names = {name.strip().lower() for name in line.split("\t")}
            return {"reference_allele", "chromosome"} <= names or {"hugo_symbol", "chromosome"} <= names
    return False


def maf_build(path: Path) -> GenomeBuild | None:
    """The build by NCBI_Build, else by the alleles; None where neither tells."""
    rows = _read_rows(path)
    stated = {row.get("NCBI_Build") for row in rows} - {None}
    if stated:
        return _stated_build(path, rows)
    return build_that_fits(fits_of(place for row in rows if (place := _place(row)) is not None))


def read_maf(
    path: Path,
    *,
    sample: str,
    named_sample: str | None,
    panel: Panel,
    reference: Reference,
    settings: ReaderSettings,
) -> SmallVariants:
    """The observations of `sample` in a MAF; see small_variants.read_small_variants."""
    rows = _read_rows(path)
    stated = _stated_build(path, rows)
    if stated is not None and stated is not panel.build:
        raise fault(
            path,
            f"is on {stated} by NCBI_Build, where {panel.build} is needed",
            allowed="correct genome_build in samples.tsv, or give the calls on that build",
        )
    own, notes = _rows_of_sample(path, rows, sample=sample, named_sample=named_sample)
    regions = panel_regions(panel, padding_bp=settings.padding_bp)
    found: dict[Variant, Phased] = {}
    left_out: Counter[str] = Counter()
    places, misfits = [], []
    for row in own:
        place = _place(row)
        if place is None:
            left_out["no variant allele"] += 1
            continue
        places.append(place)
        chromosome, position, ref, _ = place
        if not regions.overlaps(chromosome, position, position + max(1, len(ref))):
            left_out["outside the panel"] += 1
            continue
        known = reference.fetch(chromosome, position, position + len(ref))
        if any(true not in {stated_base, "N"} for stated_base, true in zip(ref, known, strict=True)):
            what = f"{chromosome}:{position + 1} has {ref[:20]} where {panel.build} has {known[:20]}"
            misfits.append(Problem(path, what, line=row.line, column="Reference_Allele"))
            continue
        anchored = _anchored(place, reference)
        if anchored is None:
            left_out["indel without a known base beside it"] += 1
            continue
        variant = normalise(*anchored, reference=reference)
        if variant in found:
            left_out["the same allele a second time"] += 1
            continue
        found[variant] = Phased(_observation(row, variant, panel, settings), frozenset())
    problem = build_problem(path, places, n_misfits=len(misfits), reference=reference)
    if problem is not None:
        raise VariantFileError([*misfits[:MAX_PROBLEMS], problem])
    observations = with_neighbours(
        [found[key] for key in sorted(found, key=lambda variant: variant.genome_order)],
        panel=panel,
        reference=reference,
    )
    out = "; ".join(f"{count} {why}" for why, count in left_out.most_common())
    kept = f"kept {len(observations)} alleles of {len(own)} rows" + (f": {out}" if out else "")
    log.info("%s: %s", path, kept)
    return SmallVariants(tuple(observations), MAF_ORIGIN, "", ("read as maf", *notes, kept))


def _read_rows(path: Path) -> list[_Row]:
    """Every row, after every cell was found to belong to its column; else all faults at once."""
    check_complete(path)
    try:
        with gzip.open(path, "rb") if is_compressed(path) else path.open("rb") as handle:
            raw = handle.read()
    except (OSError, EOFError, zlib.error) as error:
        raise fault(path, f"is damaged or half-written: {error}", allowed="write it again") from error
    if raw.startswith(BYTE_ORDER_MARK):
        raise fault(path, "begins with a byte-order mark", line=1, allowed="save it as UTF-8 without BOM")
    if b"\x00" in raw:
        raise fault(path, "holds a zero byte", allowed="write it again")
    lines = io.StringIO(raw.decode("utf-8", "replace"), newline=None)
    reader = csv.reader((line for line in lines), delimiter="\t", quoting=csv.QUOTE_NONE, strict=False)
    header: list[str] | None = None
    rows, problems = [], []
    places: dict[str, int] = {}
    csv.field_size_limit(16_777_216)
    for number, cells in enumerate(reader, start=1):
        if not cells or (header is None and cells[0].startswith("#")):
            continue
        if header is None:
            header = cells
            places = _column_places(path, cells, number)
            continue
        row, faults = _checked_row(path, cells, places=places, n_columns=len(header), line=number)
        problems += faults
        if row is not None:
            rows.append(row)
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise VariantFileError(problems)
    return rows


def _column_places(path: Path, header: list[str], line: int) -> dict[str, int]:
    lower = [name.strip().lower() for name in header]
    places = {}
    for name, spellings in {**_NEEDED, **_OPTIONAL}.items():
        found = [index for index, spelled in enumerate(lower) if spelled in spellings]
        if found:
            places[name] = found[0]
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        raise fault(
            path, f"columns missing: {', '.join(missing)}", line=line, allowed="a MAF with these columns"
        )
    return places


def _checked_row(
    path: Path, cells: list[str], *, places: dict[str, int], n_columns: int, line: int
) -> tuple[_Row | None, list[Problem]]:
    """The row, or what is wrong with it. Values that cannot belong to their column are named, not guessed."""
    # Spreadsheets drop empty cells at the end of a row; none of the needed columns may be among them.
    if not max(places[name] for name in _NEEDED) < len(cells) <= n_columns:
        what = f"has {len(cells)} cells where the header has {n_columns}"
        return None, [Problem(path, what, line=line, allowed="columns may be shifted: write the row again")]
    values = {
        name: None if place >= len(cells) or cells[place].strip() in _EMPTY else cells[place].strip()
        for name, place in places.items()
    }
    problems = [
        Problem(path, _misplaced(value), line=line, column=name, allowed=allowed)
        for name, value in values.items()
        if (allowed := _why_not(name, value)) is not None
    ]
    return (None if problems else _Row(line, values)), problems


def _misplaced(value: str | None) -> str:
    return "is empty" if value is None else f"{value!r} cannot belong here"


def _why_not(name: str, value: str | None) -> str | None:
    """What a cell of the column must hold, where `value` cannot be that; None where it can."""
    if value is None:
        return "a value is needed" if name in {"Chromosome", "Start_Position"} else None
    fits, allowed = _BELONGS.get(name, (_anything, ""))
    return None if fits(value) else allowed


def _anything(_: str) -> bool:
    return True


def _is_other_contig(name: str) -> bool:
    return bool(
        re.fullmatch(r"(?:chr)?(?:GL|KI|Un|JH|HG|HLA|NT_|NW_|M\b)[\w.:*-]*|\w+_(?:random|alt|fix)", name)
    )


def _is_chromosome(value: str) -> bool:
    return bare_contig(value) in {*CHROMOSOMES, "MT"} or _is_other_contig(value)


def _is_position(value: str) -> bool:
    return value.isascii() and value.isdigit() and 0 < int(value) < 2**31


def _is_allele(value: str) -> bool:
    return _ALLELE.fullmatch(value) is not None


def _is_count(value: str) -> bool:
    return _COUNT.fullmatch(value) is not None


def _is_build(value: str) -> bool:
    return value.lower() in _BUILD


_ALLELE_RULE = (_is_allele, "letters A, C, G, T, N, or - for none")
_POSITION_RULE = (_is_position, "a whole number from 1")
_COUNT_RULE = (_is_count, "a number of reads")
_BELONGS: dict[str, tuple[Callable[[str], bool], str]] = {
    "Chromosome": (_is_chromosome, "1 to 22, X, Y or MT, with or without chr"),
    "Start_Position": _POSITION_RULE,
    "End_Position": _POSITION_RULE,
    "Reference_Allele": _ALLELE_RULE,
    "Tumor_Seq_Allele1": _ALLELE_RULE,
    "Tumor_Seq_Allele2": _ALLELE_RULE,
    "NCBI_Build": (_is_build, "37, 38, GRCh37, GRCh38, hg19 or hg38"),
    **dict.fromkeys(
        ("t_ref_count", "t_alt_count", "t_depth", "n_ref_count", "n_alt_count", "n_depth"), _COUNT_RULE
    ),
}
"""What a cell of each checked column can be, and how to say so."""


def _stated_build(path: Path, rows: list[_Row]) -> GenomeBuild | None:
    builds: dict[GenomeBuild, _Row] = {}
    for row in rows:
        value = row.get("NCBI_Build")
        if value is not None:
            builds.setdefault(_BUILD[value.lower()], row)
    if len(builds) > 1:
        lines = ", ".join(f"{build} (line {row.line})" for build, row in builds.items())
        raise fault(path, f"NCBI_Build names two builds: {lines}", allowed="one build a file")
    return next(iter(builds), None)


def _rows_of_sample(
    path: Path, rows: list[_Row], *, sample: str, named_sample: str | None
) -> tuple[list[_Row], list[str]]:
    """The tumour's rows by Tumor_Sample_Barcode, and how they were told."""
    names = sorted({name for row in rows if (name := row.get("Tumor_Sample_Barcode"))})
    wanted = named_sample or sample
    if not names and not named_sample:
        return rows, ["no Tumor_Sample_Barcode: all rows taken as this tumour's"] if rows else []
    if wanted in names:
        return [row for row in rows if row.get("Tumor_Sample_Barcode") == wanted], []
    if len(names) == 1 and not named_sample:
        return rows, [f"Tumor_Sample_Barcode {names[0]} taken as the tumour: the only one"]
    if not rows:
        return rows, ["the MAF has no rows"]
    raise fault(
        path,
        f"has no Tumor_Sample_Barcode {wanted!r}",
        allowed="write the tumour's name into small_variants_sample of samples.tsv; names here: "
        + ", ".join(names[:MAX_PROBLEMS]),
    )


def _place(row: _Row) -> Place | None:
    """The row's allele: 0-based position, reference and variant bases, one of them empty for an indel."""
    ref = (row.get("Reference_Allele") or "-").upper().replace("-", "")
    alts = [(row.get(name) or "").upper() for name in ("Tumor_Seq_Allele2", "Tumor_Seq_Allele1")]
    variants = [alt.replace("-", "") for alt in alts if alt and alt.replace("-", "") != ref]
    if not variants or "N" in variants[0]:
        return None
    start = int(row.get("Start_Position") or 0)
    # An insertion's Start_Position is the base before it; a deletion's the first base removed.
    return bare_contig(row.get("Chromosome") or ""), start if not ref else start - 1, ref, variants[0]


def _anchored(place: Place, reference: Reference) -> Place | None:
    """The allele with the base before an indel, as a VCF has it; None where that base is not known."""
    chromosome, position, ref, alt = place
    if ref and alt:
        return place
    if (before := reference.fetch(chromosome, position - 1, position)) != "N":
        return chromosome, position - 1, before + ref, before + alt
    return None


def _observation(row: _Row, variant: Variant, panel: Panel, settings: ReaderSettings) -> Observation:
    ref, alt, stated = row.count("t_ref_count"), row.count("t_alt_count"), row.count("t_depth")
    counted = ref + alt if ref is not None and alt is not None else None
    depth = max(filter(None, (counted, stated, alt)), default=counted)
    normal_alt, normal_depth = row.count("n_alt_count"), row.count("n_depth")
    if normal_depth is None and normal_alt is not None and row.count("n_ref_count") is not None:
        normal_depth = normal_alt + (row.count("n_ref_count") or 0)
    filters = tuple(
        name for name in re.split(r"[;,]", row.get("FILTER") or "") if name not in {"", "PASS", "."}
    )
    is_hotspot = panel.hotspot_at(variant.chromosome, variant.position, variant.ref, variant.alt) is not None
    status = (row.get("Mutation_Status") or "").lower()
    said = status in {"germline", "loh"} or any(name.lower() in GERMLINE_FILTERS for name in filters)
    seen = (
        normal_alt is not None
        and normal_alt >= settings.germline_normal_reads
        and bool(normal_depth)
        and normal_alt / (normal_depth or 1) >= settings.germline_normal_vaf
    )
    notes = _protein_note(row)
    return Observation(
        variant=variant,
        depth=depth,
        ref_reads=ref,
        alt_reads=alt,
        vaf=alt / (counted or depth) if alt is not None and (counted or depth) else None,  # type: ignore[operator]
        normal_depth=normal_depth,
        normal_alt_reads=normal_alt,
        filters=filters,
        origin=MAF_ORIGIN,
        germline_likely=seen or (said and not is_hotspot),
        notes=notes,
    )


def _protein_note(row: _Row) -> tuple[str, ...]:
    """What the MAF itself calls the change, to be read beside the change found here."""
    stated = (row.get("HGVSp_Short") or "").removeprefix("p.")
    gene = row.get("Hugo_Symbol") or ""
    return (f"the MAF calls it {gene} {stated}".replace("  ", " "),) if stated else ()
