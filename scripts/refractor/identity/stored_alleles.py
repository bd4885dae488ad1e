"""The allele counts in all tumours' folders, read when they are asked for: those of thousands do not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from refractor.identity.snp_counts import READS_FILE, VARIANTS_FILE, SampleAlleles, read_alleles


class StoredAlleles(Mapping[str, list[SampleAlleles]]):
    """What each tumour's folder holds of genotypes, from reads and from the file of small variants, by sample.

    `names` is the same without any genome, of the samples that were read. A TableError where a file is missing or damaged.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self.names: dict[str, list[SampleAlleles]] = {}

    def __getitem__(self, sample: str) -> list[SampleAlleles]:
        folder = self._folders[sample]
        found = [read_alleles(folder / name) for name in (READS_FILE, VARIANTS_FILE)]
        self.names[sample] = [replace(alleles, genomes={}) for alleles in found]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def __len__(self) -> int:
        return len(self._folders)
