"""Our own VCF of a tumour's panel variants, samples/{sample}/variants.vcf.gz: written with its index, read back."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pysam

from refractor.errors import Problem, VariantFileError
from refractor.files.atomic import temporary_folder, written_aside
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.variant import Variant
from refractor.variants.calling.filters import Filter
from refractor.variants.consequences import Consequence
from refractor.variants.observation import (
    READS_ORIGIN,
    REFERENCE_GENOTYPE,
    REFERENCE_STATUS,
    TOO_FEW_READS,
    UNFILTERED,
    Observation,
)

Row = tuple[Observation, Consequence | None]

SOURCE = "Refractor"
INFO_FIELDS = (
    ("GENE", "1", "String", "HGNC symbol"),
    ("TRANSCRIPT", "1", "String", "MANE Select transcript, RefSeq"),
    ("HGVSC", "1", "String", "HGVS c. on the transcript"),
    ("HGVSP", "1", "String", "HGVS p., three letters; absent where the sequence is not known"),
    ("PROTEIN_CHANGE", "1", "String", "HGVS p., one letter, without p."),
    ("CONSEQUENCE", "1", "String", "Sequence Ontology term"),
    ("FIRST_CODON", "1", "Integer", "First codon that the change names"),
    ("LAST_CODON", "1", "Integer", "Last codon that the change names"),
    (
        "UNCHANGED_CODONS",
        ".",
        "Integer",
        "Codons between the first and the last whose residue is the reference's",
    ),
    ("EFFECT_NOTE", "1", "String", "What the naming of the change rests on"),
    ("ORIGIN", "1", "String", "reads, or the program whose file the variant was read from"),
    ("NORMAL_DP", "1", "Integer", "Depth in the matched normal"),
    ("NORMAL_ALT", "1", "Integer", "Reads of the variant in the matched normal"),
    ("GERMLINE_LIKELY", "0", "Flag", "Inherited by the normal's reads or by the source's word"),
    ("NOTES", ".", "String", "What to know of the variant"),
)
FORMAT_FIELDS = (
    ("GT", "1", "String", "Genotype: 0/1 says that the variant was seen, not how many copies carry it"),
    ("AD", "R", "Integer", "Reads of the reference and of the variant"),
    ("DP", "1", "Integer", "Reads that cover the place"),
    ("AF", "A", "Float", "Variant allele fraction, 0-1"),
    ("GQ", "1", "Integer", "Of a variant called from reads: Phred that mistakes made it, at most 99"),
)
_MOST_GENOTYPE_QUALITY = 99
_OWN_FILTERS = {str(name): name.meaning for name in Filter} | {
    REFERENCE_GENOTYPE: "the genotype that the caller gives the tumour has not this allele",
    REFERENCE_STATUS: "the somatic status that the caller gives says like the reference",
    TOO_FEW_READS: "fewer reads show it than min_alt_reads and report_vaf ask for",
    UNFILTERED: "the caller's own filter was not run over the file",
}
_SAFE = " !\"#$&'()*+-./<>?@[]^_`{|}~"
"""Kept as they are; percent, comma, semicolon, equals, colon and tab are escaped (VCF 4.3, 1.2 and 1.6.1)."""

_ROOM_OF_AN_INDEX = 100_000
"""Bytes; an index of a panel's variants is a tenth of that."""


def write_panel_vcf(
    path: str | Path, rows: Sequence[Row], *, sample: str, build: GenomeBuild, synthetic: bool
) -> None:
    """Write `rows` in genome order, bgzipped, and the tabix index `path`.tbi; aside first, then renamed."""
    final = Path(path)
    header = _header(rows, sample=sample, build=build, synthetic=synthetic)
    ordered = sorted(rows, key=lambda row: row[0].variant.genome_order)
    final_index = final.with_name(final.name + ".tbi")
    with written_aside(final_index) as index, written_aside(final) as scratch:
        with pysam.VariantFile(str(scratch), "wz", header=header) as out:
            for observation, consequence in ordered:
                out.write(_record(out, observation, consequence))
        _index(scratch, index)
        final_index.unlink(missing_ok=True)


def _index(file: Path, index: Path) -> None:
    try:
        pysam.tabix_index(str(file), preset="vcf", force=True, index=str(index))
    except OSError as error:
        if error.errno is None and shutil.disk_usage(index.parent).free < _ROOM_OF_AN_INDEX:
            # htslib says that it could not be built, and not why
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(index)) from error
        raise


def read_panel_vcf(path: str | Path) -> list[Row]:
    """The rows of a file that write_panel_vcf wrote, in its order; AF with the six digits a VCF holds.

    Raises:
        VariantFileError: the file is absent, damaged or not ours.
    """
    file = Path(path)
    try:
        with pysam.VariantFile(str(file)) as records:
            if not any(str(line).startswith(f"##source={SOURCE}") for line in records.header.records):
                raise VariantFileError(
                    Problem(file, "was not written by this workflow", allowed="variants.vcf.gz of a sample")
                )
            return [_row(record) for record in records]
    except (OSError, ValueError, KeyError, UnicodeDecodeError) as error:
        raise VariantFileError(
            Problem(file, f"cannot be read: {error}", allowed="run the variants step again")
        ) from error


def build_of_panel_vcf(path: str | Path) -> GenomeBuild:
    """The build that the header of a file of write_panel_vcf names; a VariantFileError where it names none."""
    try:
        with pysam.VariantFile(str(path)) as records:
            named = {str(line.value) for line in records.header.records if line.key == "reference"}
    except (OSError, ValueError) as error:
        raise VariantFileError(
            Problem(path, f"cannot be read: {error}", allowed="run the variants step again")
        ) from error
    builds = [build for build in GenomeBuild if build in named]
    if len(builds) != 1:
        raise VariantFileError(Problem(path, "names no genome build", allowed="run the variants step again"))
    return builds[0]


def _header(rows: Iterable[Row], *, sample: str, build: GenomeBuild, synthetic: bool) -> pysam.VariantHeader:
    lines = ["##fileformat=VCFv4.3", f"##source={SOURCE}", f"##reference={build}"]
    if synthetic:
        lines.append("##refractor_synthetic=yes")
    lines.append('##FILTER=<ID=PASS,Description="All filters passed">')
    upstream = {_filter_id(name) for item, _ in rows if item.origin != READS_ORIGIN for name in item.filters}
    names = {_filter_id(name) for item, _ in rows for name in item.filters}
    for name in sorted(names):
        meaning = "As the source of the variant names it"
        if name in _OWN_FILTERS:
            meaning = (
                f"{_OWN_FILTERS[name]}; or as the source names it" if name in upstream else _OWN_FILTERS[name]
            )
        lines.append(f'##FILTER=<ID={name},Description="{meaning}">')
    for name in sorted({item.variant.alt for item, _ in rows if item.variant.is_named_only}):
        lines.append(
            f'##ALT=<ID={name.strip("<>")},Description="A protein change whose bases are not known">'
        )
    for kind, fields in (("INFO", INFO_FIELDS), ("FORMAT", FORMAT_FIELDS)):
        for name, number, value, meaning in fields:
            lines.append(f'##{kind}=<ID={name},Number={number},Type={value},Description="{meaning}">')
    for name, length in CONTIG_LENGTHS[build].items():
        lines.append(f"##contig=<ID={name},length={length},assembly={build}>")
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + sample)
    # A header made by pysam is VCF 4.2 whatever is added to it; one that it reads keeps its version.
    with temporary_folder() as folder:
        path = folder / "header.vcf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pysam.VariantFile(str(path)) as parsed:
            return parsed.header.copy()


def _record(out: Any, observation: Observation, consequence: Consequence | None) -> Any:
    variant = observation.variant
    record = out.new_record(
        contig=variant.chromosome,
        start=variant.position,
        stop=variant.end,
        alleles=(variant.ref, variant.alt),
        qual=observation.quality,
    )
    for name in [_filter_id(name) for name in observation.filters] or ["PASS"]:
        record.filter.add(name)
    info: dict[str, object] = {
        "ORIGIN": _escaped(observation.origin),
        "NORMAL_DP": observation.normal_depth,
        "NORMAL_ALT": observation.normal_alt_reads,
        "GERMLINE_LIKELY": observation.germline_likely or None,
        "NOTES": tuple(map(_escaped, observation.notes)) or None,
    }
    if consequence is not None:
        info |= {
            "GENE": consequence.gene,
            "TRANSCRIPT": consequence.transcript,
            "HGVSC": _escaped(consequence.hgvs_c) or None,
            "HGVSP": _escaped(consequence.hgvs_p) or None,
            "PROTEIN_CHANGE": _escaped(consequence.protein_change) or None,
            "CONSEQUENCE": consequence.consequence,
            "FIRST_CODON": consequence.first_codon,
            "LAST_CODON": consequence.last_codon,
            "UNCHANGED_CODONS": consequence.unchanged_codons or None,
            "EFFECT_NOTE": _escaped(consequence.note) or None,
        }
    for name, value in info.items():
        if value is not None:
            record.info[name] = value
    call = record.samples[0]
    call["GT"] = (0, 1)
    call["AD"] = (observation.ref_reads, observation.alt_reads)
    call["DP"] = observation.depth
    call["AF"] = (observation.vaf,)
    if observation.origin == READS_ORIGIN and observation.quality is not None:
        call["GQ"] = min(round(observation.quality), _MOST_GENOTYPE_QUALITY)
    return record


def _row(record: Any) -> Row:
    info = record.info
    call = record.samples[0]
    ref_reads, alt_reads = call["AD"]
    observation = Observation(
        variant=Variant(record.chrom, record.start, record.ref, record.alts[0]),
        depth=call["DP"],
        ref_reads=ref_reads,
        alt_reads=alt_reads,
        vaf=None if call["AF"][0] is None else round(call["AF"][0], 6),
        normal_depth=info.get("NORMAL_DP"),
        normal_alt_reads=info.get("NORMAL_ALT"),
        quality=None if record.qual is None else float(record.qual),
        filters=tuple(unquote(name) for name in record.filter if name != "PASS"),
        origin=unquote(info.get("ORIGIN", READS_ORIGIN)),
        germline_likely="GERMLINE_LIKELY" in info,
        notes=tuple(map(unquote, info.get("NOTES", ()))),
    )
    if "GENE" not in info:
        return observation, None
    return observation, Consequence(
        gene=info["GENE"],
        transcript=info["TRANSCRIPT"],
        hgvs_c=unquote(info.get("HGVSC", "")),
        hgvs_p=unquote(info.get("HGVSP", "")),
        protein_change=unquote(info.get("PROTEIN_CHANGE", "")),
        consequence=info["CONSEQUENCE"],
        first_codon=info.get("FIRST_CODON"),
        last_codon=info.get("LAST_CODON"),
        unchanged_codons=tuple(info.get("UNCHANGED_CODONS", ())),
        note=unquote(info.get("EFFECT_NOTE", "")),
    )


def _filter_id(name: str) -> str:
    """A filter's name as a header can declare it; `.`, `0` and PASS have a meaning of their own there."""
    return quote(name, safe="+-._/|") if name not in {"", ".", "0", "PASS"} else f"upstream%20{name}"


def _escaped(text: str) -> str:
    return quote(text, safe=_SAFE)
