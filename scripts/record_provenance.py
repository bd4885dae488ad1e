"""Record what the results were made from: versions, settings, inputs with checksums, version of the knowledge.

Writes provenance.json, the full record, and ro-crate-metadata.json, the same for registries and archives.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from refractor import __version__
from refractor.errors import ConfigError, Problem
from refractor.files.atomic import write_text
from refractor.files.digests import content_digest, input_record
from refractor.files.remote import is_remote, shown
from refractor.files.remote_versions import index_versions, remote_record, remote_versions
from refractor.files.resources import KNOWLEDGE, RESOURCES
from refractor.results.cohort_tables import BLINDING
from refractor.results.run_crate import run_crate
from refractor.settings.configuration import files_named
from refractor.sheets import read_sheets
from refractor.sheets.file_checks import paths_in
from refractor.sheets.files_beside import files_beside
from refractor.step import run_step, step_parser
from refractor.variants.files.sequenced_samples import case_list_beside

PACKAGES = ("snakemake", "pysam", "cyvcf2", "pandas", "numpy", "scipy", "scikit-allel")
READS_COLUMNS = ("tumor_reads", "normal_reads")
FILE_COLUMNS = (
    *READS_COLUMNS, "small_variants", "copy_number", "structural_variants", "callable_regions",
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The step's command line."""
    made = step_parser(__doc__)
    made.add_argument("--config", required=True, help="the whole configuration as JSON, defaults filled in")
    made.add_argument(
        "--blinding",
        type=Path,
        nargs="+",
        required=True,
        help="blinding.tsv of each cohort: digests of the labels",
    )
    made.add_argument("--output", type=Path, required=True, help="provenance.json")
    made.add_argument(
        "--crate", type=Path, required=True, help="ro-crate-metadata.json, in the folder of results"
    )
    return made


def main(arguments: argparse.Namespace) -> None:
    """Write the record."""
    try:
        config = json.loads(arguments.config)
    except json.JSONDecodeError as error:
        raise ConfigError(Problem("--config", f"is not JSON: {error}")) from error
    record = {
        "software": "Refractor",
        "version": __version__,
        "date": date.today().isoformat(),
        "synthetic": bool(config.get("synthetic")),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in PACKAGES},
        "settings": config,
        "knowledge": {name: content_digest([RESOURCES / name], RESOURCES) for name in KNOWLEDGE},
        "labels_sha256": labels_digest(arguments.blinding),
        "inputs": inputs_of(config),
    }
    write_json(record, arguments.output)
    write_json(run_crate(record, published_on=str(record["date"])), arguments.crate)


def inputs_of(config: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    """What identifies each file of the configuration and of the sheets, by its path or its address."""
    samples = read_sheets(config).samples
    files = [Path(path) for paths in files_named(config).values() for path in paths]
    cells = [(c, cell) for row in samples for c in FILE_COLUMNS if (cell := getattr(row, c))]
    remote = remote_versions(cell for _, cell in cells if is_remote(cell)) | dict(
        index_versions(cell for c, cell in cells if is_remote(cell) and c in READS_COLUMNS).values()
    )
    named = [(c, cell) for c, cell in cells if not is_remote(cell)]
    files += [Path(p) for c, cell in named for p in paths_in(c, cell)]
    files += [path for row in samples for path in files_beside(row, FILE_COLUMNS)]
    if not config.get("sequenced_samples"):
        files += sorted({path for row in samples if (path := case_list_beside(row.small_variants))})
    return {str(path): input_record(path) for path in files} | {
        shown(address): remote_record(version) for address, version in remote.items()
    }


def write_json(content: Mapping[str, object], path: Path) -> None:
    """The whole file or none."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True) + "\n")


def labels_digest(paths: Sequence[Path]) -> str:
    """The digest over all labels, taken before outcomes were read: the first row of the blinding table.

    Of several cohorts it is that over their digests, one a line, in the order of the configuration.
    """
    digests = [str(BLINDING.read(path)["sha256"].iloc[0]) for path in paths]
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(run_step(parser(), main))
