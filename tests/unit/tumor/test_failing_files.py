"""Whatever happens when a file of a tumour is opened, that tumour is failed with the reason and the step ends well."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

import cyvcf2
import pysam
import pytest
from alignment_files import Read, bam_writer

import annotate_alterations
import call_variants
import divide_cohort_file
import measure_copy_number
from refractor.files.divided import part_path
from refractor.files.tables import Table
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.reference import Reference
from refractor.results.analyses import ANALYSES
from refractor.results.copy_number_tables import GENE_COPY_NUMBER
from refractor.results.evidence_tables import LABEL, RULES
from refractor.results.variant_tables import CODON_STATUS
from refractor.sheets.file_checks import file_columns
from refractor.sheets.files_beside import files_beside
from refractor.sheets.sheet_rows import SampleRow
from refractor.step import run_step
from refractor.tumor.inputs import Tumor
from refractor.vocabulary import State
from synthetic.caller_files import write_copy_number
from synthetic.truth import TumorTruth

BUILD = GenomeBuild.GRCH38
CONTIGS = {f"chr{name}": length for name, length in CONTIG_LENGTHS[BUILD].items()}
KRAS12 = 25_245_348
PATHS = frozenset(
    item.name for item in fields(Tumor) if "Path" in str(item.type) or item.name.endswith("_reads")
)
"""Fields of a tumour that name files."""
ERRORS = [
    OSError(5, "Input/output error", "the file"),
    EOFError("the file ended"),
    ValueError("no such thing"),
    MemoryError(),
    RuntimeError("a defect"),
]


@dataclass
class Openings:
    """Counts the openings of `own` files, by Python and by the C libraries, and lets the one numbered `fails` fail."""

    own: frozenset[str] = frozenset()
    fails: int | None = None
    error: Exception = ERRORS[0]
    count: int = 0
    total: int = 0
    paths: set[str] = field(default_factory=set)

    def note(self, path: object) -> None:
        if isinstance(path, str | os.PathLike) and (own := os.path.abspath(path)) in self.own:  # noqa: PTH100
            self.count += 1
            self.paths.add(own)
            if self.count == self.fails:
                raise self.error


OPENINGS = Openings()


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and OPENINGS.own:
        OPENINGS.note(arguments[0])


sys.addaudithook(_hook)


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Openings]:
    def noted(make: Callable[..., object]) -> Callable[..., object]:
        def made(path: object, *arguments: object, **options: object) -> object:
            OPENINGS.note(path)
            return make(path, *arguments, **options)

        return made

    for library, names in ((pysam, ("AlignmentFile", "TabixFile", "VariantFile")), (cyvcf2, ("VCF",))):
        for name in names:
            monkeypatch.setattr(library, name, noted(getattr(library, name)))
    yield OPENINGS
    OPENINGS.own = frozenset()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of one tumour, by option."""
    folder = tmp_path_factory.mktemp("tumor")
    with Reference(None, BUILD) as reference:
        bases = reference.fetch("12", KRAS12 - 70, KRAS12 + 80)
    reads = [Read("chr12", KRAS12 - 70, bases, f"r{n}", flag=0x10 * (n % 2)) for n in range(80)]
    write = bam_writer(folder)
    head = "##fileformat=VCFv4.2\n" + "".join(
        f"##contig=<ID={name},length={length}>\n" for name, length in CONTIGS.items()
    )
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
    junctions = '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="k">\n'
    formats = '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
    counts = '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">\n'
    files = {
        "tumor-reads": write(reads, contigs=CONTIGS),
        "normal-reads": write(reads, name="normal.bam", contigs=CONTIGS, samples=("normal",)),
        "small-variants": folder / "small.vcf",
        "structural-variants": folder / "S.purple.sv.vcf",
        "callable-regions": folder / "callable.bed",
        "copy-number": folder / write_copy_number("purple", folder, TumorTruth("S", BUILD, 0.6)),
        "sequenced-samples": folder / "sequenced.txt",
    }
    files["small-variants"].write_text(
        head + formats + counts + columns + "chr12\t25245350\t.\tC\tT\t50\tPASS\t.\tGT:AD\t0/1:40,20\n"
    )
    files["structural-variants"].write_text(
        head
        + junctions
        + formats
        + columns
        + "chr17\t1000\ta\tA\tA[chr8:500[\t.\tPASS\tSVTYPE=BND\tGT\t0/1\n"
    )
    (folder / "S.linx.svs.tsv").write_text("vcfIdStart\tvcfIdEnd\tsvId\na\tb\t7\n")
    (folder / "S.linx.breakend.tsv").write_text(
        "id\tsvId\tisStart\tgene\tcanonical\tdisruptive\tundisruptedCopyNumber\n0\t7\ttrue\tPTEN\ttrue\ttrue\t0.1\n"
    )
    files["callable-regions"].write_text("chr12\t25200000\t25300000\n")
    files["sequenced-samples"].write_text("S\n")
    return files


@pytest.fixture(scope="module")
def own_parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The parts of a tumour in tables of many, by option."""
    folder = tmp_path_factory.mktemp("many")
    texts = {
        "small-variants": "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\t"
        "Tumor_Sample_Barcode\tHGVSp_Short\tLEVEL_R1\tt_ref_count\tt_alt_count\n"
        + "".join(f"KRAS\tGRCh38\t12\t25245350\tC\tT\t{name}\tp.G12D\t\t40\t20\n" for name in "SU"),
        "copy-number": "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"
        + "".join(f"{name}\t{number}\t1\t40000000\t900\t0.1\n" for name in "SU" for number in range(1, 21)),
    }
    files = {}
    for option, text in texts.items():
        table = folder / f"{option}.txt"
        table.write_text(text)
        argv = ["--table", str(table), "--output-dir", str(folder / option)]
        divide_cohort_file.main(divide_cohort_file.parser().parse_args(argv))
        files[option] = part_path(folder / option, "S")
    return files


STEPS = {
    "measure": (
        measure_copy_number,
        ("tumor-reads", "normal-reads", "copy-number", "structural-variants", "small-variants"),
        "copy_number_analyses.tsv",
        GENE_COPY_NUMBER,
    ),
    "call": (
        call_variants,
        ("tumor-reads", "normal-reads", "small-variants", "callable-regions", "sequenced-samples"),
        "variants_analyses.tsv",
        CODON_STATUS,
    ),
    "annotate": (
        annotate_alterations,
        ("structural-variants", "small-variants"),
        "annotation_analyses.tsv",
        RULES,
    ),
}


def run(step: str, own: dict[str, Path], folder: Path, before: Path | None) -> int:
    module, options, _, _ = STEPS[step]
    argv = ["--sample=S", "--genome-build=GRCh38", "--output-dir", str(folder), "--record-failures"]
    argv += [f"--{option}={own[option]}" for option in options if option in own]
    if before is not None:
        tables = {
            name: f"{name.replace('-', '_')}.tsv"
            for name in ("codon-status", "gene-callability", "gene-copy-number", "amplification-definitions",
                         "amplicons", "purity-ploidy", "qc")
        }  # fmt: skip
        argv += [f"--{name}={before / file}" for name, file in tables.items()]
        argv.append(f"--variants={before / 'variants.vcf.gz'}")
    return run_step(module.parser(), module.main, argv)


@pytest.fixture(scope="module")
def before(own: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the two steps before the annotation."""
    folder = tmp_path_factory.mktemp("before")
    assert run("measure", own, folder, None) == 0
    assert run("call", own, folder, None) == 0
    return folder


def own_paths(own: dict[str, Path]) -> frozenset[str]:
    return frozenset(str(path) for file in own.values() for path in file.parent.iterdir())


@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_opening_of_a_file_fails_that_analysis_and_not_the_step(
    step: str, own: dict[str, Path], before: Path, openings: Openings, tmp_path: Path
) -> None:
    walk(step, own, before if step == "annotate" else None, openings, tmp_path)
    assert openings.total >= len(STEPS[step][1])


@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_opening_of_a_part_fails_that_analysis_and_not_the_step(
    step: str, own_parts: dict[str, Path], before: Path, openings: Openings, tmp_path: Path
) -> None:
    walk(step, own_parts, before if step == "annotate" else None, openings, tmp_path)


def walk(step: str, own: dict[str, Path], made: Path | None, openings: Openings, tmp_path: Path) -> None:
    """Let each opening of an own file fail in turn."""
    _, _, analyses, table = STEPS[step]
    openings.own, openings.fails, openings.count = own_paths(own), None, 0
    assert run(step, own, tmp_path / "whole", made) == 0
    openings.total = openings.count
    whole = subjects(table, tmp_path / "whole")
    assert len(whole) > 10
    assert openings.total > 0
    rows = ANALYSES.records(tmp_path / "whole" / analyses)
    assert not [row for row in rows if row.state is State.FAILED], "the sound files are read"
    for number in range(1, openings.total + 1):
        for error in ERRORS if number in (1, openings.total) else ERRORS[number % len(ERRORS) :][:1]:
            folder = tmp_path / f"{number}_{type(error).__name__}"
            openings.fails, openings.error, openings.count = number, error, 0
            assert run(step, own, folder, made) == 0, (number, error)
            assert openings.count >= number
            rows = ANALYSES.records(folder / analyses)
            failed = [row for row in rows if row.state is State.FAILED]
            said = "small_variants is not used for purity" in texts(folder).get("copy_number_qc.tsv", "")
            assert failed or said or texts(folder) == texts(tmp_path / "whole"), (number, error)
            assert all(row.reason for row in failed)
            assert subjects(table, folder) == whole, "the table is complete"


def texts(folder: Path) -> dict[str, str]:
    """Every table of a folder, by name."""
    return {path.name: path.read_text() for path in sorted(folder.glob("*.tsv"))}


def test_the_walk_opens_every_kind_of_file(
    own: dict[str, Path], before: Path, openings: Openings, tmp_path: Path
) -> None:
    """A new column of the samples that names files, or a new file beside one, fails here until the walk has it."""
    walked = {option.replace("-", "_") for _, options, *_ in STEPS.values() for option in options}
    assert file_columns().keys() <= walked
    assert {name for module, *_ in STEPS.values() for name in module.GIVEN if name in PATHS} <= walked | {
        "reference"
    }
    openings.own = own_paths(own)
    openings.paths.clear()
    for step in STEPS:
        assert run(step, own, tmp_path / step, before if step == "annotate" else None) == 0
    given = {name.replace("-", "_"): str(path) for name, path in own.items()}
    row = SampleRow(1, "P", "S", **{name: given[name] for name in file_columns()})
    beside = {
        str(path)
        for path in files_beside(row, file_columns())
        if not path.name.endswith(("driver.catalog.tsv", "purity.range.tsv"))
    }
    assert len(beside) >= 6
    assert beside | set(given.values()) <= openings.paths


def subjects(table: Table, folder: Path) -> set[object]:
    """The genes or rules of a table."""
    return {row[table.column_names[0]] for row in table.read_rows(folder / table.name)}


def test_a_defect_that_no_attempt_catches_fails_the_tumour_and_not_the_step(
    own: dict[str, Path], before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from refractor.tumor import annotation, copy_number, variants  # noqa: PLC0415

    def once(module: object, name: str) -> None:
        real, calls = getattr(module, name), []

        def broken(*arguments: object, **options: object) -> object:
            calls.append(1)
            if len(calls) == 1:
                raise KeyError("a defect")
            return real(*arguments, **options)

        monkeypatch.setattr(module, name, broken)

    once(copy_number, "assess")
    once(variants, "callability_of_genes")
    once(annotation, "label_tumor")
    for step, (_, _, analyses, _) in STEPS.items():
        folder = tmp_path / step
        assert run(step, own, folder, before if step == "annotate" else None) == 0
        failed = [row for row in ANALYSES.records(folder / analyses) if row.state is State.FAILED]
        assert failed, step
        assert "KeyError" in failed[0].reason
    (label,) = LABEL.records(tmp_path / "annotate" / LABEL.name)
    assert label.label in ("not_evaluable", "not_assessable")
    genes = GENE_COPY_NUMBER.records(tmp_path / "measure" / GENE_COPY_NUMBER.name)
    assert len(genes) > 20
    assert not any(gene.assessable for gene in genes)


def test_tables_of_a_tumor_that_was_given_up_say_why_and_not_that_no_file_was_given(
    own: dict[str, Path], tmp_path: Path
) -> None:
    argv = ["--sample=S", "--genome-build=GRCh38", "--output-dir", str(tmp_path), "--record-failures"]
    argv += [f"--copy-number={own['copy-number']}", "--given-up=it ran out of memory"]
    assert run_step(measure_copy_number.parser(), measure_copy_number.main, argv) == 0
    reasons = {row["reason"] for row in GENE_COPY_NUMBER.read_rows(tmp_path / GENE_COPY_NUMBER.name)}
    assert reasons == {"copy-number file: it ran out of memory"}
