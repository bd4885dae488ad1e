"""Simulated reads aligned again by bwa mem, so that gaps and clips lie where a real aligner puts them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
from variant_genomes import BUILD

from synthetic.bam import contig_name, header_text
from synthetic.genomes import Ground
from synthetic.territory import FLANK


def installed() -> bool:
    """Whether bwa and samtools are there (Debian: apt-get install bwa samtools)."""
    return all(shutil.which(tool) for tool in ("bwa", "samtools"))


def write_slices(path: Path, ground: Ground, *, flank_bp: int = FLANK) -> Path:
    """The stretches that are simulated as one FASTA with an index of bwa; a contig is named CHROMOSOME:ORIGIN.

    `flank_bp` of the bases beside each are kept.
    """
    territory = ground.territory
    letters = np.full(16, ord("N"), dtype=np.uint8)
    letters[[1, 2, 4, 8]] = np.frombuffer(b"ACGT", dtype=np.uint8)
    with path.open("wb") as out:
        for region in range(len(territory.start)):
            name = contig_name(territory.contigs[int(territory.contig[region])], BUILD)
            origin = int(territory.origin[region])
            left = max(int(territory.start[region]) - origin - flank_bp, 0)
            bases = letters[territory.bases[territory.offset[region] : territory.stop[region]]]
            kept = bases[left : int(territory.end[region]) - origin + flank_bp]
            out.write(f">{name}:{origin + left}\n".encode() + kept.tobytes() + b"\n")
    subprocess.run(["bwa", "index", str(path)], check=True, capture_output=True)
    return path


def realign(bam: Path, slices: Path, *, sample: str) -> None:
    """Replace a BAM by its reads aligned by bwa mem, duplicates left out, sorted and indexed."""
    folder = bam.parent
    first, second = folder / "r1.fq", folder / "r2.fq"
    collate = f"samtools collate -u -O -r 100000 {bam} {folder / 'collate'}"
    fastq = f"samtools fastq -n -F 0x400 -1 {first} -2 {second} -0 /dev/null -s /dev/null -"
    run(f"{collate} | {fastq}")
    align(first, second, bam, slices, sample=sample)


def align(first: Path, second: Path, bam: Path, slices: Path, *, sample: str) -> None:
    """A BAM, sorted and indexed, of two FASTQ files aligned by bwa mem; they are removed."""
    folder, sam = bam.parent, bam.parent / "aligned.sam"
    run(f"bwa mem -v 1 -R '@RG\\tID:{sample}\\tSM:{sample}' {slices} {first} {second} > {sam}")
    header = header_text(build=BUILD, sample=sample, comments=("SYNTHETIC: benchmark, aligned by bwa mem",))
    with sam.open() as lines, (folder / "moved.sam").open("w") as out:
        out.write(header)
        for line in lines:
            if not line.startswith("@"):
                out.write(moved(line))
    run(f"samtools sort -o {bam} {folder / 'moved.sam'} && samtools index {bam}")
    for path in (first, second, sam, folder / "moved.sam"):
        path.unlink()


def moved(line: str) -> str:
    """A SAM line with the slice's coordinates turned into the chromosome's."""
    fields = line.rstrip("\n").split("\t")
    if fields[2] != "*":
        fields[2], origin = fields[2].split(":")
        fields[3] = str(int(fields[3]) + int(origin))
    if fields[6] not in ("*", "="):
        fields[6], origin = fields[6].split(":")
        fields[7] = str(int(fields[7]) + int(origin))
    elif fields[6] == "=":
        fields[7] = str(int(fields[7]) + int(origin))
    return "\t".join(field for field in fields if not field.startswith(("SA:", "XA:"))) + "\n"


def run(command: str) -> None:
    subprocess.run(command, shell=True, check=True, capture_output=True)
