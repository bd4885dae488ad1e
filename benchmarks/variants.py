"""Accuracy and speed of calling from reads on simulated genomes with a known truth: the table of the README.

    python benchmarks/variants.py                       # seeds that development never used; about 30 minutes
    python benchmarks/variants.py --genomes 2 --compared 0 --first-seed 1 --output-dir /tmp/try

Every genome is a tumour-normal pair over all coding exons of the panel, about 150 spiked variants in real
sequence, inherited SNPs, and mistakes beyond the base qualities (variant_genomes.NoiseModel). Writes
variants.tsv (the table), variants_spikes.tsv (one row a spiked variant), variants_genomes.tsv (one row a genome
and caller), variants_codons.tsv (one row a clonal variant at a decisive codon) and variants_indels.tsv (one row a
clonal in-frame insertion or deletion). A run that broke off goes on where it stopped.

Needs, besides the project: apt-get install freebayes bcftools samtools bwa. Without them the comparison and the
alignment by bwa mem are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import variant_alignment  # noqa: E402
from variant_alignment import realign, write_slices  # noqa: E402
from variant_callers import Called, called_by_all  # noqa: E402
from variant_genomes import (  # noqa: E402
    BUILD,
    NoiseModel,
    Spike,
    benchmark_ground,
    spikes,
    write_fasta,
    write_pair,
    write_regions,
)
from variant_scoring import match_calls  # noqa: E402

from refractor.genome.normalise_allele import normalise  # noqa: E402
from refractor.genome.panel import DecisiveCodon, load_panel  # noqa: E402
from refractor.genome.reference import Reference  # noqa: E402
from refractor.genome.variant import Variant  # noqa: E402
from refractor.reads.alignment import open_alignment  # noqa: E402
from refractor.variants.calling.caller import ReadsCalls, call_reads  # noqa: E402
from refractor.variants.calling.judged_candidates import UNRELIABLE_ROLES  # noqa: E402
from refractor.variants.codons.codon_reads import ReadSettings  # noqa: E402
from refractor.variants.codons.power import (  # noqa: E402
    DetectionThresholds,
    detection_probability,
    expected_vaf,
)
from refractor.variants.codons.tumor_context import TumorContext  # noqa: E402
from synthetic.events import SpikedVariant  # noqa: E402
from synthetic.genomes import Depths, Seeds, simulate_panel_reads  # noqa: E402
from synthetic.territory import Region  # noqa: E402
from synthetic.truth import TumorTruth  # noqa: E402

FRESH_SEED = 9_700_000
DEPTH = 118.0
"""Reads a base to simulate so that about 100 fragments are left at a place after filters and joined mates."""
PLAN = {
    ("hotspot", 0.05): 30,
    ("snv", 0.10): 40,
    ("mnv", 0.10): 20,
    ("del", 0.15): 15,
    ("ins", 0.15): 15,
    ("delins", 0.15): 15,
    ("dellong", 0.15): 6,
    ("inslong", 0.15): 6,
}
CODON_SETTINGS = ((0.2, 64), (0.2, 52), (0.3, 41), (0.5, 24), (0.7, 20), (1.0, 16), (1.0, 12))
"""Purity and depth at which clonal variants are spiked at decisive codons: around the least that suffices."""
INDELS_A_GENOME = 15
INDEL_DEPTH = 1.8
"""Times the depth of CODON_SETTINGS for indels: fragments that span a place are fewer than those that show it, and three
are asked for."""
EXON_20 = (770, 784)
"""ERBB2 codons of exon 20 at which insertions are known."""
THRESHOLDS, LISTED = DetectionThresholds(), ReadSettings().listed


@dataclass(frozen=True)
class Outcome:
    """One genome: its spikes, what each caller found of them, its false calls and seconds."""

    seed: int
    spikes: list[Spike]
    depth: dict[Variant, int]
    found: dict[str, set[Variant]]
    false: dict[str, list[Variant]]
    seconds: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--genomes", type=int, default=60)
    parser.add_argument(
        "--compared", type=int, default=6, help="genomes also given to freebayes and bcftools"
    )
    parser.add_argument("--realigned", type=int, default=20, help="genomes whose reads bwa mem aligns again")
    parser.add_argument("--codon-genomes", type=int, default=15, help="genomes for each purity and depth")
    parser.add_argument("--first-seed", type=int, default=FRESH_SEED)
    parser.add_argument("--output-dir", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.output_dir.mkdir(parents=True, exist_ok=True)
    codons = kept_rows(options.output_dir / "variants_codons.tsv")
    if codons.empty:
        codons = codon_power(options.codon_genomes, options.first_seed)
        write_rows(codons, options.output_dir / "variants_codons.tsv")
    indels = kept_rows(options.output_dir / "variants_indels.tsv")
    if indels.empty:
        indels = indel_power(options.codon_genomes, options.first_seed)
        write_rows(indels, options.output_dir / "variants_indels.tsv")
    run_genomes(options)
    table = summary(
        kept_rows(options.output_dir / "variants_spikes.tsv"),
        kept_rows(options.output_dir / "variants_genomes.tsv"),
        codons,
        indels,
    )
    table.to_csv(options.output_dir / "variants.tsv", sep="\t", index=False)
    print(table.to_string(index=False))


def kept_rows(path: Path) -> pd.DataFrame:
    """The rows of an earlier, perhaps broken-off run; none where there is no file."""
    return pd.read_csv(path, sep="\t") if path.exists() else pd.DataFrame()


def write_rows(rows: pd.DataFrame, path: Path) -> None:
    rows.to_csv(path, sep="\t", index=False, float_format="%.4g")


def run_genomes(options: argparse.Namespace) -> None:
    """Add the rows of every genome that has none yet; the first are aligned by bwa mem and given to all callers."""
    tables = [options.output_dir / f"variants_{name}.tsv" for name in ("spikes", "genomes")]
    done = kept_rows(tables[1])
    seeds = set() if done.empty else set(done["seed"])
    ground = benchmark_ground()
    with tempfile.TemporaryDirectory(prefix="refractor") as name:
        folder = Path(name)
        fasta, bed = write_fasta(folder / "reference.fa", ground), write_regions(folder / "panel.bed")
        slices = write_slices(folder / "slices.fa", ground) if variant_alignment.installed() else None
        for number in range(options.genomes):
            seed = options.first_seed + number
            if seed in seeds:
                continue
            chosen = spikes(seed, plan=PLAN)
            tumor, normal = write_pair(folder, ground, chosen, seed, depth=DEPTH, noise=NoiseModel())
            if slices is not None and number < options.realigned:
                realign(tumor, slices, sample=f"bench{seed}")
                realign(normal, slices, sample=f"bench{seed}n")
            only_ours = number >= options.compared
            called = called_by_all(tumor, normal, fasta, bed, folder, only_ours=only_ours)
            outcome = score(seed, chosen, called, depths(tumor, chosen, fasta), fasta)
            for path, rows in zip(tables, (spike_rows(outcome), genome_rows(outcome)), strict=True):
                write_rows(pd.concat([kept_rows(path), rows], ignore_index=True), path)
            for path in (tumor, normal):
                path.unlink()
            print(genome_rows(outcome).to_string(index=False, header=False), flush=True)


def depths(tumor: Path, chosen: list[Spike], fasta: Path) -> dict[Variant, int]:
    """Fragments that show the place of each spike, whether they carry it or not."""
    with Reference(fasta, BUILD) as reference, open_alignment(tumor, reference=None) as opened:
        calls = call_reads(
            opened,
            normal=None,
            panel=load_panel(BUILD),
            reference=reference,
            settings=ReadSettings(),
            context=TumorContext(),
        )
        return {spike.variant: calls.support(spike.variant).depth for spike in chosen}


def score(
    seed: int, chosen: list[Spike], called: dict[str, Called], depth: dict[Variant, int], fasta: Path
) -> Outcome:
    """What each caller found; a general caller at the QUAL that gives it its best F1."""
    truth = [spike.variant for spike in chosen]
    found, false = {}, {}
    with Reference(fasta, BUILD) as reference:
        for name, result in called.items():
            cuts = [0.0] if name.startswith("ours") else quality_cuts(result.scores.values())
            best: tuple[float, set[Variant], list[Variant]] = (-1.0, set(), [])
            for cut in cuts:
                kept = [variant for variant, quality in result.scores.items() if quality >= cut]
                hits, wrong = match_calls(truth, kept, reference)
                best = max(best, (f1(len(hits), len(wrong), len(truth)), hits, wrong), key=lambda b: b[0])
            found[name], false[name] = best[1], best[2]
    seconds = {name: round(result.seconds, 1) for name, result in called.items()}
    return Outcome(seed, chosen, depth, found, false, seconds)


def quality_cuts(qualities: Iterable[float]) -> list[float]:
    values = np.array(sorted(qualities)) if qualities else np.zeros(1)
    return [0.0, *np.quantile(values, np.linspace(0, 0.9, 19)).tolist()] if len(values) else [0.0]


def f1(hits: int, wrong: int, truth: int) -> float:
    return 2 * hits / max(truth + hits + wrong, 1)


def spike_rows(outcome: Outcome) -> pd.DataFrame:
    """One row a spiked variant, with a column for each caller."""
    return pd.DataFrame(
        [
            {
                "seed": outcome.seed,
                "kind": spike.kind,
                "variant": str(spike.variant),
                "vaf": spike.vaf,
                "length": abs(len(spike.variant.alt) - len(spike.variant.ref)),
                "gc": spike.gc,
                "homopolymer": spike.homopolymer,
                "depth": outcome.depth[spike.variant],
                "limit": detection_probability(
                    outcome.depth[spike.variant],
                    spike.vaf,
                    thresholds=LISTED if spike.kind == "hotspot" else THRESHOLDS,
                ),
                **{name: int(spike.variant in found) for name, found in outcome.found.items()},
            }
            for spike in outcome.spikes
        ]
    )


def genome_rows(outcome: Outcome) -> pd.DataFrame:
    """One row a caller: what it found, its false calls, its CPU seconds."""
    return pd.DataFrame(
        [
            {
                "seed": outcome.seed,
                "caller": name,
                "spikes": len(outcome.spikes),
                "found": len(outcome.found[name]),
                "false": len(wrong),
                "seconds": outcome.seconds[name],
                "false_calls": "; ".join(map(str, wrong)),
            }
            for name, wrong in outcome.false.items()
        ]
    )


def codon_power(count: int, first_seed: int) -> pd.DataFrame:
    """Clonal variants at decisive codons: the power stated for the codon, and whether the variant is found."""
    panel = load_panel(BUILD)
    rows = []
    with tempfile.TemporaryDirectory(prefix="refractor") as name, Reference(None, BUILD) as reference:
        known = [
            codon
            for codon in panel.decisive_codons
            if max(codon.positions) - min(codon.positions) == 2
            and reference.knows(codon.chromosome, min(codon.positions) - 60, max(codon.positions) + 60)
        ]
        for setting, (purity, depth) in enumerate(CODON_SETTINGS):
            for number in range(count):
                seed = first_seed + 1000 * (setting + 1) + number
                rng = np.random.default_rng(seed)
                chosen: list[tuple[DecisiveCodon, Variant]] = []
                for codon in rng.permutation(np.array(known, dtype=object)).tolist():
                    position = int(rng.choice(codon.positions))
                    if all(abs(position - other[1].position) > 60 for other in chosen):
                        ref = reference.fetch(codon.chromosome, position, position + 1)
                        alt = str(rng.choice([base for base in "ACGT" if base != ref]))
                        chosen.append((codon, Variant(codon.chromosome, position, ref, alt)))
                rows += codon_outcomes(Path(name), chosen, purity, depth, seed, reference)
            print(f"codons at purity {purity}, depth {depth}: {len(rows)} variants", flush=True)
    return pd.DataFrame(rows)


def indel_power(count: int, first_seed: int) -> pd.DataFrame:
    """Clonal in-frame insertions and deletions: the power stated for an indel there, and whether it is found.

    One of each genome lies in ERBB2 exon 20, the others anywhere in the panel's coding sequence.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="refractor") as name, Reference(None, BUILD) as reference:
        for setting, (purity, depth) in enumerate(CODON_SETTINGS):
            for number in range(count):
                seed = first_seed + 20_000 + 1000 * setting + number
                chosen = indels_of(np.random.default_rng(seed), reference)
                rows += indel_outcomes(Path(name), chosen, purity, INDEL_DEPTH * depth, seed, reference)
            print(f"indels at purity {purity}, depth {INDEL_DEPTH * depth:.0f}: {len(rows)}", flush=True)
    return pd.DataFrame(rows)


def indels_of(rng: np.random.Generator, reference: Reference) -> list[Variant]:
    """Insertions (half of them duplications) and deletions of 1 to 7 codons, well apart."""
    panel = load_panel(BUILD)
    genes = [gene for gene in panel.genes.values() if gene.role not in UNRELIABLE_ROLES]
    chosen: list[Variant] = []
    while len(chosen) < INDELS_A_GENOME:
        gene = panel.genes["ERBB2"] if not chosen else genes[int(rng.integers(len(genes)))]
        codon = int(rng.integers(*EXON_20)) if not chosen else int(rng.integers(5, gene.protein_length - 5))
        position, length = min(gene.codon_positions(codon)), 3 * int(rng.integers(1, 8))
        apart = all(v.chromosome != gene.chromosome or abs(v.position - position) > 400 for v in chosen)
        inside = any(start + 10 <= position and position + length + 10 <= end for start, end in gene.cds)
        if not (apart and inside and reference.knows(gene.chromosome, position - 80, position + 80)):
            continue
        anchor = reference.fetch(gene.chromosome, position, position + 1)
        kind = rng.random()
        if kind < 0.4:
            ref, alt = reference.fetch(gene.chromosome, position, position + length + 1), anchor
        elif kind < 0.7:
            before = reference.fetch(gene.chromosome, position - length + 1, position + 1)
            ref, alt = anchor, anchor + before
        else:
            ref, alt = anchor, anchor + "".join(rng.choice(list("ACGT"), length))
        chosen.append(normalise(gene.chromosome, position, ref, alt, reference=reference))
    return chosen


def indel_outcomes(
    folder: Path, chosen: list[Variant], purity: float, depth: float, seed: int, reference: Reference
) -> list[dict[str, object]]:
    calls = calls_of_clonal(folder, chosen, purity, depth, seed, reference)
    passed = [o.variant for o in calls.observations if not o.filters and not o.germline_likely]
    hits, _ = match_calls(chosen, passed, reference)
    vaf, axis = expected_vaf(purity, 2.0), calls.depths.axis
    rows = []
    for variant in chosen:
        place = axis.place(variant.chromosome, variant.position) or 0
        spanning = int(calls.depths.spanning[place])
        rows.append(
            {
                "seed": seed,
                "purity": purity,
                "variant": str(variant),
                "length": len(variant.alt) - len(variant.ref),
                "spanning_depth": spanning,
                "power": detection_probability(spanning, vaf, thresholds=THRESHOLDS),
                "found": int(variant in hits),
            }
        )
    return rows


def codon_outcomes(
    folder: Path,
    chosen: list[tuple[DecisiveCodon, Variant]],
    purity: float,
    depth: float,
    seed: int,
    reference: Reference,
) -> list[dict[str, object]]:
    calls = calls_of_clonal(folder, [variant for _, variant in chosen], purity, depth, seed, reference)
    passed = {o.variant for o in calls.observations if not o.filters and not o.germline_likely}
    vaf = expected_vaf(purity, 2.0)
    return [
        {
            "seed": seed,
            "purity": purity,
            "gene": codon.gene,
            "codon": codon.codon,
            "depth": calls.codons[codon.gene, codon.codon].depth,
            "power": detection_probability(
                calls.codons[codon.gene, codon.codon].depth,
                vaf,
                thresholds=calls.codons[codon.gene, codon.codon].thresholds or LISTED,
            ),
            "found": int(variant in passed),
        }
        for codon, variant in chosen
    ]


def calls_of_clonal(
    folder: Path, chosen: list[Variant], purity: float, depth: float, seed: int, reference: Reference
) -> ReadsCalls:
    """What is called of a pair in which every tumour cell has each variant on one of two copies."""
    tumor, normal = folder / "t.bam", folder / "n.bam"
    truth = TumorTruth(
        f"codons{seed}",
        BUILD,
        purity,
        variants=tuple(SpikedVariant(v.chromosome, v.position, v.ref, v.alt) for v in chosen),
    )
    regions = [Region(v.chromosome, v.position - 30, v.end + 30) for v in chosen]
    simulate_panel_reads(
        truth,
        tumor_path=tumor,
        normal_path=normal,
        depths=Depths(depth, 40),
        seeds=Seeds(seed, seed),
        regions=regions,
    )
    with open_alignment(tumor, reference=None) as one, open_alignment(normal, reference=None) as other:
        return call_reads(
            one,
            normal=other,
            panel=load_panel(BUILD),
            reference=reference,
            settings=ReadSettings(),
            context=TumorContext(),
        )


def summary(
    rows: pd.DataFrame, genomes: pd.DataFrame, codons: pd.DataFrame, indels: pd.DataFrame
) -> pd.DataFrame:
    """The table of the README: measure, goal, what was reached, n."""
    lines: list[tuple[str, str, str, int]] = []

    def share(name: str, goal: str, kept: pd.DataFrame) -> None:
        reached = f"{kept['ours'].mean():.3f} (limit {kept['limit'].mean():.3f})" if len(kept) else ""
        lines.append((name, goal, reached, len(kept)))

    kind = rows["kind"]
    single = kind.isin(["snv", "mnv"])
    share("SNV, VAF 10 %", ">= 0.99", rows[kind == "snv"])
    share("MNV, VAF 10 %", ">= 0.99", rows[kind == "mnv"])
    share("SNV and MNV in GC >= 65 %, VAF 10 %", "", rows[single & (rows["gc"] >= 0.65)])
    share("SNV and MNV beside homopolymers >= 5, VAF 10 %", "", rows[single & (rows["homopolymer"] >= 5)])
    share("SNV at hotspots, VAF 5 %", "limit - 0.02", rows[kind == "hotspot"])
    for name, word in (("del", "deletion"), ("ins", "insertion"), ("delins", "delins")):
        share(f"{word} of 1-20 bp, VAF 15 %", ">= 0.95", rows[kind == name])
    share("deletion of 21-50 bp, VAF 15 %", "", rows[kind == "dellong"])
    share("insertion of 21-50 bp, VAF 15 %", "", rows[kind == "inslong"])
    for caller, label, goal in (
        ("ours", "false somatic calls a tumour, with normal", "<= 0.05"),
        ("ours, tumour only", "false somatic calls a tumour, without normal", "<= 1"),
    ):
        of_caller = genomes[genomes["caller"] == caller]
        wrong, count = int(of_caller["false"].sum()), len(of_caller)
        highest = gammaincinv(wrong + 1, 0.95) / count
        lines.append((label, goal, f"{wrong / count:.3f} (95 % below {highest:.2f})", count))
    compared = genomes[genomes["seed"].isin(genomes.loc[genomes["caller"] == "freebayes", "seed"])]
    for caller, of_caller in compared.groupby("caller", sort=False):
        if caller == "ours, tumour only":
            continue
        hits, wrong, truth = (int(of_caller[column].sum()) for column in ("found", "false", "spikes"))
        goal = "higher than both" if caller == "ours" else ""
        lines.append((f"F1, {caller}", goal, f"{f1(hits, wrong, truth):.3f}, {wrong} false", truth))
        seconds = of_caller["seconds"].mean()
        lines.append((f"CPU seconds a pair, {caller}", "", f"{seconds:.1f}", len(of_caller)))
    for kind, spiked in (("substitutions", codons), ("in-frame indels", indels)):
        stated = spiked[spiked["power"] >= THRESHOLDS.wild_type_power]
        reached = f"{stated['found'].mean():.3f} (stated {stated['power'].mean():.3f})"
        lines.append((f"clonal {kind} found where wild-type would be said", ">= 0.95", reached, len(stated)))
    return pd.DataFrame(lines, columns=["measure", "goal", "reached", "n"])


if __name__ == "__main__":
    main()
