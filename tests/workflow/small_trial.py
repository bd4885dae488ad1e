"""A small trial of imported copy number and VCFs, and the Snakemake that runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CODE = ("Snakefile", "workflow", "scripts", "resources", "profiles", "envs", "config")
"""What of a checkout a run reads."""

SEGMENTS = "Chromosome\tStart\tEnd\tnMajor\tnMinor\n"
"""Allelic segments of GRCh38: chromosome 17 with an amplicon over ERBB2 (39,687,914-39,730,426), the rest 1+1."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial's folder and the checkout that runs it."""

    folder: Path
    checkout: Path

    def snakemake(self, *options: str, opened: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Snakemake on the trial with 2 cores; the files that each step opens are noted in the folder `opened`."""
        command = [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile"), "--cores", "2",
            "--directory", str(self.folder), "--configfile", str(self.folder / "config.yaml"), *options,
        ]  # fmt: skip
        # of this checkout, wherever the installed one lies; behind what a test puts there itself
        library = os.pathsep.join(
            filter(None, (os.environ.get("PYTHONPATH"), str(self.checkout / "scripts")))
        )
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": library,
        }
        if opened is not None:
            opened.mkdir()
            environment |= {
                "OPENED_FILES": str(opened),
                "PYTHONPATH": f"{Path(__file__).with_name('opened_files')}:{library}",
            }
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.checkout, env=environment
        )

    def planned(self) -> dict[str, int]:
        """Jobs that a run would do now, by rule; empty when nothing is to be done."""
        run = self.snakemake("--dry-run")
        assert run.returncode == 0, run.stdout + run.stderr
        text = run.stdout + run.stderr
        stats = re.search(r"^job +count\n-+ +-+\n((?:.+\n)+)", text, re.M)
        if stats is None:
            assert "Nothing to be done" in text, text
            return {}
        counts = dict(line.rsplit(maxsplit=1) for line in stats.group(1).splitlines())
        return {rule: int(count) for rule, count in counts.items() if rule not in ("total", "all")}


def write_trial(folder: Path, samples: int) -> None:
    """A trial of `samples` tumours of imported copy number and a VCF each, and one patient without a genome."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text("samples: samples.tsv\npatients: patients.tsv\nsynthetic: true\n")
    sheet = ["patient\tsample\tsmall_variants\tcopy_number\tcopy_number_caller\tpurity\tgenome_build"]
    patients = ["patient\tbest_response\tclinical_benefit\tpfs_days\tpfs_event\tos_days\tos_event"]
    for number in range(1, samples + 1):
        write_tumor(folder, number)
        sheet.append(sample_row(number))
        benefit = number % 2 == 0
        patients.append(
            f"P{number}\t{'PR' if benefit else 'PD'}\t{'yes' if benefit else 'no'}\t{60 * number}\t1\t{90 * number}\t1"
        )
    patients.append("P99\tPD\tno\t50\t1\t80\t1")
    (folder / "samples.tsv").write_text("\n".join(sheet) + "\n")
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")


def sample_row(number: int) -> str:
    """The sheet's row of one tumour."""
    return f"P{number}\tT{number}\tT{number}.vcf\tT{number}.segments.tsv\tallelic_segments\t0.6\tGRCh38"


def write_tumor(folder: Path, number: int) -> None:
    """One tumour's files: BRAF V600E in the third, ERBB2 amplified in all but the second."""
    high = 2 if number == 2 else 18
    rows = [
        f"{c}\t1\t{end}\t1\t1" for c, end in (("7", 159_000_000), ("12", 133_000_000), ("1", 248_000_000))
    ]
    rows += ["17\t1\t39000000\t1\t1", f"17\t39000001\t40300000\t{high}\t1", "17\t40300001\t83000000\t1\t1"]
    (folder / f"T{number}.segments.tsv").write_text(SEGMENTS + "\n".join(rows) + "\n")
    header = (
        "##fileformat=VCFv4.2\n##contig=<ID=chr7,length=159345973>\n##contig=<ID=chr17,length=83257441>\n"
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allele depths">\n'
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">\n'
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT{number}\n"
    )
    v600e = "chr7\t140753336\t.\tA\tT\t.\tPASS\t.\tAD:DP\t70,30:100\n" if number == 3 else ""
    (folder / f"T{number}.vcf").write_text(header + v600e)
