"""Our caller, freebayes and bcftools on the same pair of BAM files: somatic alleles, and CPU seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import cyvcf2
from variant_genomes import BUILD

from refractor.genome.builds import bare_contig
from refractor.genome.normalise_allele import normalise
from refractor.genome.panel import load_panel
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.reads.alignment import open_alignment
from refractor.variants.calling.caller import call_reads
from refractor.variants.calling.somatic import NormalRule, NormalVerdict, normal_verdict
from refractor.variants.codons.codon_reads import ReadSettings
from refractor.variants.codons.tumor_context import TumorContext

FREEBAYES = "freebayes --pooled-discrete --pooled-continuous -F 0.03 -C 3 -m 20 -q 20 -f {fasta} -t {bed} {tumor} {normal}"
BCFTOOLS = (
    "bcftools mpileup -Ou -q 20 -Q 20 -d 5000 -a AD,DP -f {fasta} -R {bed} {tumor} {normal} "
    "| bcftools call -mv -Ov"
)
LEAST_FRAGMENTS, LEAST_VAF = 3, 0.02


@dataclass(frozen=True)
class Called:
    """Somatic alleles with the score that ranks them, and the CPU seconds (user and system) they took."""

    scores: dict[Variant, float]
    seconds: float


def cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def ours(tumor: Path, normal: Path | None, fasta: Path) -> Called:
    """Alleles that pass and are not marked as inherited."""
    with Reference(fasta, BUILD) as reference, open_alignment(tumor, reference=None) as opened:
        before, panel = cpu_seconds(), load_panel(BUILD)
        if normal is None:
            calls = call_reads(
                opened,
                normal=None,
                panel=panel,
                reference=reference,
                settings=ReadSettings(),
                context=TumorContext(),
            )
        else:
            with open_alignment(normal, reference=None) as other:
                calls = call_reads(
                    opened,
                    normal=other,
                    panel=panel,
                    reference=reference,
                    settings=ReadSettings(),
                    context=TumorContext(),
                )
        spent = cpu_seconds() - before
    passed = [o for o in calls.observations if not o.filters and not o.germline_likely]
    return Called({o.variant: o.quality or 0.0 for o in passed}, spent)


def called_by_all(
    tumor: Path, normal: Path, fasta: Path, bed: Path, folder: Path, *, only_ours: bool = False
) -> dict[str, Called]:
    """What each caller finds: ours with and without the normal, and freebayes and bcftools where they are there."""
    called = {"ours": ours(tumor, normal, fasta), "ours, tumour only": ours(tumor, None, fasta)}
    if not only_ours and installed():
        called["freebayes"] = theirs(FREEBAYES, tumor, normal, fasta, bed, folder)
        called["bcftools"] = theirs(BCFTOOLS, tumor, normal, fasta, bed, folder)
    return called


def theirs(command: str, tumor: Path, normal: Path, fasta: Path, bed: Path, folder: Path) -> Called:
    """Alleles of a general caller that our rule for the normal lets pass, each with its QUAL."""
    raw, split = folder / "raw.vcf", folder / "split.vcf"
    before, clock = cpu_seconds(), time.monotonic()
    spelled = command.format(fasta=fasta, bed=bed, tumor=tumor, normal=normal)
    subprocess.run(f"{spelled} > {raw}", shell=True, check=True, capture_output=True)
    spent = cpu_seconds() - before
    print(
        f"    {command.split(maxsplit=1)[0]}: {spent:.1f} CPU s, {time.monotonic() - clock:.1f} s", flush=True
    )
    subprocess.run(
        f"bcftools norm -m -both -f {fasta} {raw} -Ov -o {split}", shell=True, check=True, capture_output=True
    )
    scores: dict[Variant, float] = {}
    with Reference(fasta, BUILD) as reference:
        calls = cyvcf2.VCF(str(split))
        # freebayes orders its columns by name
        order = [
            next(i for i, name in enumerate(calls.samples) if name.endswith("n") is last)
            for last in (False, True)
        ]
        for record in calls:
            if record.ALT and set(record.ALT[0]) <= set("ACGT"):
                counts = [[int(one) for one in record.format("AD")[column]] for column in order]
                if is_somatic(counts[0], counts[1]):
                    variant = normalise(
                        bare_contig(record.CHROM),
                        record.start,
                        record.REF,
                        record.ALT[0],
                        reference=reference,
                    )
                    scores[variant] = float(record.QUAL or 0.0)
    return Called(scores, spent)


def is_somatic(tumor: list[int], normal: list[int]) -> bool:
    """Whether the counts of reference and alternative pass the rule that our caller applies to the normal."""
    depth, alt = max(sum(tumor), 1), tumor[1]
    if alt < LEAST_FRAGMENTS or alt / depth < LEAST_VAF:
        return False
    verdict = normal_verdict(
        alt / depth, normal_alt=normal[1], normal_depth=max(sum(normal), 1), rule=NormalRule()
    )
    return verdict is NormalVerdict.ABSENT


def installed() -> bool:
    """Whether freebayes and bcftools are there (Debian: apt-get install freebayes bcftools)."""
    return all(shutil.which(tool) for tool in ("freebayes", "bcftools"))
