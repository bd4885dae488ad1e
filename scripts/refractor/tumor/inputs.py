"""What is given of one tumour: its files, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from refractor.copynumber.segments import MAX_PLOIDY, MIN_PLOIDY
from refractor.errors import InputError, Problem
from refractor.genome.builds import LATEST_BUILD, GenomeBuild, decide_build
from refractor.settings.model import REQUIRED, faults_of, setting
from refractor.vocabulary import Material


class SexChromosomes(StrEnum):
    """Sex chromosomes of the patient's normal cells."""

    XX = "XX"
    XY = "XY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tumor:
    """One row of samples.tsv as values, with what the configuration adds to each. None is not given.

    Reads may be addresses (http, s3). Raises InputError where a value cannot be.
    """

    sample: str = setting(REQUIRED, "Tumour sample.")
    genome_build: GenomeBuild | None = setting(None, "Build that the sheet states.")
    default_build: GenomeBuild | None = setting(None, "Build where nothing tells it.")
    tumor_reads: str | None = setting(None, "Indexed BAM or CRAM of the tumour, or its address.")
    normal_reads: str | None = setting(None, "The same of the matched normal.")
    small_variants: Path | None = setting(None, "Somatic VCF, BCF or MAF.")
    small_variants_sample: str | None = setting(None, "The tumour's name inside small_variants.")
    callable_regions: Path | None = setting(
        None, "BED, or list of genes, of where small_variants could call."
    )
    sequenced_samples: Path | None = setting(
        None,
        "List of the tumours that were sequenced: one without a row in small_variants has none to report.",
    )
    copy_number: Path | None = setting(
        None, "Output of a copy-number caller; several files are separated by `;`."
    )
    copy_number_caller: str | None = setting(None, "Its caller; told from the header where left out.")
    structural_variants: Path | None = setting(None, "Somatic VCF of structural variants.")
    structural_variants_sample: str | None = setting(None, "The tumour's column inside structural_variants.")
    purity: float | None = setting(None, "Known purity.", unit="0-1", above=0, maximum=1)
    ploidy: float | None = setting(
        None, "Known ploidy.", unit="copies", minimum=MIN_PLOIDY, maximum=MAX_PLOIDY
    )
    material: Material | None = setting(None, "What was sequenced; tissue by default.")
    depth: int | None = setting(
        None,
        "Of plasma, the unique fragments at the places that small_variants covers.",
        unit="fragments",
        minimum=1,
    )
    sex: SexChromosomes | None = setting(None, "Sex chromosomes of the patient.")
    reference: Path | None = setting(None, "Full FASTA; the shipped panel reference by default.")

    def __post_init__(self) -> None:
        """Raise an InputError that lists every value out of its bounds."""
        problems = [
            Problem(
                f"sample {self.sample}",
                f"{getattr(self, name):g} is not a {name}",
                column=name,
                allowed=allowed,
            )
            for name, _, allowed in faults_of(self)
        ]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, slots=True)
class TumorBuild:
    """The genome build of a tumour's files; `known` is False where nothing tells it or the files contradict each
    other: then no file is used, and `build` only lays out tables in which nothing is assessable."""

    build: GenomeBuild
    known: bool


def build_without_files(tumor: Tumor) -> TumorBuild:
    """The build that the sheet or the configuration states, for a tumour none of whose files can be used."""
    stated = tumor.genome_build or tumor.default_build
    return TumorBuild(stated or LATEST_BUILD, known=stated is not None)


def build_of_files(tumor: Tumor, told: Mapping[str, GenomeBuild | None]) -> TumorBuild:
    """The one build of the files, by name what each tells of itself.

    Raises:
        InputError: they contradict each other or the sheet, or nothing is known.
    """
    if not told:
        return build_without_files(tumor)
    build = decide_build(
        stated=tumor.genome_build, told=told, default=tumor.default_build, sample=tumor.sample
    )
    return TumorBuild(build, known=True)
