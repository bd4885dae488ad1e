"""A synthetic trial as declared in YAML: one truth a patient, positions looked up for the patient's build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refractor.errors import ConfigError, InputError, Problem
from refractor.files.yaml import YamlFile, read_yaml
from refractor.genome.arms import arms_of
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import Panel, load_panel
from refractor.settings.schemas import load_schema, validator_of, with_defaults
from refractor.variants.files.structural_variants import Breakpoint
from refractor.vocabulary import Side
from synthetic.events import (
    FOUNDER,
    Amplicon,
    Clone,
    CopyNumberSegment,
    Haplotype,
    Rearrangement,
    SpikedVariant,
    tandem_junction,
)
from synthetic.genomes import Depths
from synthetic.truth import TumorTruth


@dataclass(frozen=True, slots=True)
class ExpectedCalls:
    """What the workflow should say of a patient, in the words of cohort/patients.tsv.

    `candidates` are gene and alteration of cohort/candidates.tsv; `copies_told` is whether the data can tell purity,
    ploidy and copies.
    """

    ras_status: str
    braf_status: str
    her2_call: str
    eligibility: str
    label: str
    wgs: str = "available"
    candidates: tuple[str, ...] = ()
    copies_told: bool = True


@dataclass(frozen=True, slots=True)
class SimulatedPatient:
    """One sequenced patient of the trial: the truth of the tumour and the form its data come in.

    `data` is bam, cram or files (`variant_file` and the output of `copy_number_caller`, `callable_regions` beside it
    where asked for). `normal_person_seed` differs from `person_seed` where the normal is declared to be that of
    another patient, `normal_of`; with `tumor_only` there is no normal.
    """

    patient: str
    truth: TumorTruth
    shows: str
    data: str
    depths: Depths
    callable_regions: bool
    purity_in_sheet: bool
    collected_on: str | None
    person_seed: int
    normal_person_seed: int
    expected: ExpectedCalls
    copy_number_caller: str = "allelic_segments"
    variant_file: str = "vcf"
    tumor_only: bool = False
    normal_of: str | None = None


@dataclass(frozen=True, slots=True)
class SimulatedTrial:
    """A whole synthetic trial."""

    seed: int
    windows: int
    patients: tuple[SimulatedPatient, ...]


def read_trial(path: Path) -> SimulatedTrial:
    """The trial declared at `path`.

    Raises:
        ConfigError: the file breaks its schema; every fault with its line.
        InputError: a truth that contradicts itself, or an unknown gene, change, arm or karyotype.
    """
    file = read_yaml(path, what="simulated trial")
    _check(file)
    declared = with_defaults(load_schema("simulation"), file.content)
    problems: list[Problem] = []
    patients = []
    for number, entry in enumerate(declared["patients"]):
        try:
            patients.append(_patient(entry, declared, number))
        except InputError as error:
            line = _line(file, ("patients", str(number)))
            problems += [Problem(path, str(problem), line=line) for problem in error.problems]
    samples = [patient.truth.sample for patient in patients]
    problems += [
        Problem(path, f"two patients have the sample {s}") for s in set(samples) if samples.count(s) > 1
    ]
    if problems:
        raise InputError(problems)
    return SimulatedTrial(declared["seed"], declared["windows"], tuple(patients))


def _check(file: YamlFile) -> None:
    problems = [
        Problem(
            file.path,
            error.message,
            line=_line(file, tuple(str(part) for part in error.absolute_path)),
            column=".".join(str(part) for part in error.absolute_path) or None,
            allowed="see workflow/schemas/simulation.schema.yaml",
        )
        for error in validator_of("simulation").iter_errors(_dates_as_text(file.content))
    ]
    if problems:
        raise ConfigError(problems)


def _line(file: YamlFile, key: tuple[str, ...]) -> int | None:
    """The line of `key`, or of the nearest key above it."""
    while key and key not in file.lines:
        key = key[:-1]
    return file.lines.get(key)


def _dates_as_text(value: Any) -> Any:
    """YAML's dates as the text they were written as."""
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _patient(entry: Mapping[str, Any], declared: Mapping[str, Any], number: int) -> SimulatedPatient:
    build = GenomeBuild(entry["genome_build"])
    karyotype = entry.get("karyotype")
    if karyotype is not None and karyotype not in declared["karyotypes"]:
        raise InputError(Problem(entry["sample"], f"unknown karyotype {karyotype}"))
    segments = [*(declared["karyotypes"][karyotype] if karyotype else ()), *entry.get("segments", ())]
    panel = load_panel(build)
    truth = TumorTruth(
        sample=entry["sample"],
        build=build,
        purity=entry["purity"],
        sex=entry.get("sex", "XX"),
        whole_genome_doubled=entry.get("whole_genome_doubled", False),
        clones=tuple(
            Clone(c["name"], c["fraction"], c.get("parent", FOUNDER)) for c in entry.get("clones", ())
        ),
        segments=tuple(_segment(segment, build) for segment in segments),
        amplicons=tuple(_amplicon(amplicon, panel) for amplicon in entry.get("amplicons", ())),
        variants=tuple(hotspot_variant(panel, **variant) for variant in entry.get("variants", ())),
        contamination=entry.get("contamination", 0.0),
        rearrangements=tuple(_rearrangements(entry, panel)),
    )
    return SimulatedPatient(
        patient=entry["patient"],
        truth=truth,
        shows=entry["shows"],
        data=entry["data"],
        depths=Depths(entry.get("tumor_depth", 40.0), entry.get("normal_depth", 20.0)),
        callable_regions=entry.get("callable_regions", False),
        purity_in_sheet=entry.get("purity_in_sheet", False),
        collected_on=str(entry["collected_on"]) if "collected_on" in entry else None,
        person_seed=declared["seed"] + number,
        normal_person_seed=declared["seed"] + _normal_of(entry, declared, number),
        expected=ExpectedCalls(
            **entry["expected"] | {"candidates": tuple(entry["expected"].get("candidates", ()))}
        ),
        copy_number_caller=entry.get("copy_number_caller", "allelic_segments"),
        variant_file=entry.get("variant_file", "vcf"),
        tumor_only=entry.get("tumor_only", False),
        normal_of=entry.get("normal_of"),
    )


def _normal_of(entry: Mapping[str, Any], declared: Mapping[str, Any], number: int) -> int:
    """The number of the patient whose normal is given for this one's: another's where a swap is declared."""
    wanted = entry.get("normal_of", entry["patient"])
    names = [patient["patient"] for patient in declared["patients"]]
    if wanted == entry["patient"]:
        return number
    if wanted not in names:
        raise InputError(Problem(entry["sample"], f"normal_of names the unknown patient {wanted}"))
    return names.index(wanted)


def _segment(entry: Mapping[str, Any], build: GenomeBuild) -> CopyNumberSegment:
    """A segment of the declaration; an arm takes its half of the centromere with it."""
    if "arm" in entry:
        chromosome, name = entry["arm"][:-1], entry["arm"][-1]
        short, long = arms_of(chromosome, build)
        middle = (short.end + long.start) // 2
        start, end = (0, middle) if name == "p" else (middle, CONTIG_LENGTHS[build][chromosome])
    else:
        chromosome, start = entry["chromosome"], entry.get("start", 0)
        end = entry.get("end", CONTIG_LENGTHS[build].get(chromosome, 0))
    return CopyNumberSegment(
        chromosome=chromosome,
        start=start,
        end=end,
        major=entry["major"],
        minor=entry["minor"],
        clone=entry.get("clone", FOUNDER),
        major_on=Haplotype(entry.get("major_on", "A")),
    )


def _amplicon(entry: Mapping[str, Any], panel: Panel) -> Amplicon:
    gene = panel.genes.get(entry["gene"])
    if gene is None:
        raise InputError(Problem(entry["gene"], "is not a gene of the panel"))
    return Amplicon(
        chromosome=gene.chromosome,
        start=gene.start - entry["flank_left"],
        end=gene.end + entry["flank_right"],
        copies=entry["copies"],
        haplotype=Haplotype(entry.get("haplotype", "A")),
        clone=entry.get("clone", FOUNDER),
    )


def _rearrangements(entry: Mapping[str, Any], panel: Panel) -> Iterator[Rearrangement]:
    """The tandem junctions of amplicons declared as such, and the rearrangements that are declared by themselves."""
    for amplicon in entry.get("amplicons", ()):
        if amplicon.get("tandem", False):
            yield tandem_junction(_amplicon(amplicon, panel))
    for item in entry.get("rearrangements", ()):
        first, second = (
            Breakpoint(item[name]["chromosome"], item[name]["position"], Side(item[name]["keeps"]))
            for name in ("first", "second")
        )
        clone, haplotype = item.get("clone", FOUNDER), Haplotype(item.get("haplotype", "A"))
        yield Rearrangement(first, second, item.get("copies"), clone, haplotype)


def hotspot_variant(
    panel: Panel,
    gene: str,
    change: str,
    *,
    copies: int | None = 1,
    clone: str = FOUNDER,
    haplotype: str = "A",
    germline: bool = False,
) -> SpikedVariant:
    """The panel's hotspot with this protein change (one letter, e.g. G12D), by its commonest kind of allele.

    Of several alleles the shortest is taken, and of those one that cancerhotspots lists.

    Raises:
        InputError: the panel has no such hotspot.
    """
    alleles = [spot for spot in panel.hotspots if (spot.gene, spot.protein_change) == (gene, change)]
    if not alleles:
        raise InputError(Problem(f"{gene} {change}", "is not a hotspot of the panel"))
    spot = min(alleles, key=lambda s: (len(s.ref) + len(s.alt), "cancerhotspots" not in s.source, s.alt))
    return SpikedVariant(
        chromosome=spot.chromosome,
        position=spot.position,
        ref=spot.ref,
        alt=spot.alt,
        copies=copies,
        clone=clone,
        haplotype=Haplotype(haplotype),
        germline=germline,
        gene=gene,
        protein_change=change,
    )


def samples_of(patients: Sequence[SimulatedPatient], *data: str) -> list[SimulatedPatient]:
    """The patients whose data come in one of the given forms."""
    return [patient for patient in patients if patient.data in data]
