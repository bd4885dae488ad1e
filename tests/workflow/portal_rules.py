"""cBioPortal's rules for a study folder, written from its documentation (docs/File-Formats.md) and not from our writer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

IDENTIFIER = re.compile(r"^[A-Za-z0-9._-]+$")
STUDY_IDENTIFIER = re.compile(r"^[A-Za-z0-9_-]+$")
FORBIDDEN = {"MUTATION_COUNT", "FRACTION_GENOME_ALTERED"}
CLASSIFICATIONS = {
    "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del", "In_Frame_Ins", "Missense_Mutation", "Nonsense_Mutation",
    "Silent", "Splice_Site", "Translation_Start_Site", "Nonstop_Mutation", "3'UTR", "3'Flank", "5'UTR", "5'Flank",
    "IGR", "Intron", "RNA", "Targeted_Region", "De_novo_Start_InFrame", "De_novo_Start_OutOfFrame",
    "Splice_Region", "Unknown",
}  # fmt: skip
META_FIELDS = {
    ("CLINICAL", "PATIENT_ATTRIBUTES"): (),
    ("CLINICAL", "SAMPLE_ATTRIBUTES"): (),
    ("CLINICAL", "TIMELINE"): (),
    ("MUTATION_EXTENDED", "MAF"): ("stable_id", "show_profile_in_analysis_tab", "profile_name", "profile_description"),
    ("COPY_NUMBER_ALTERATION", "DISCRETE"): (
        "stable_id", "show_profile_in_analysis_tab", "profile_name", "profile_description",
    ),
    ("COPY_NUMBER_ALTERATION", "SEG"): ("reference_genome_id", "description"),
    ("GENE_PANEL_MATRIX", "GENE_PANEL_MATRIX"): (),
}  # fmt: skip
STABLE_IDS = {
    ("MUTATION_EXTENDED", "MAF"): {"mutations"},
    ("COPY_NUMBER_ALTERATION", "DISCRETE"): {"gistic", "cna", "cna_rae", "cna_consensus"},
}
NCBI = {"hg19": "GRCh37", "hg38": "GRCh38"}
LAST_BASE = {"hg19": {"17": 81_195_210, "1": 249_250_621}, "hg38": {"17": 83_257_441, "1": 248_956_422}}
CHROMOSOMES = {*(str(number) for number in range(1, 23)), "X", "Y"}


def faults_of(folder: Path) -> list[str]:
    """What cBioPortal's importer would refuse in this folder; an empty list for a study that it takes."""
    return list(_Check(folder).faults())


class _Check:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.metas = {path.name: _meta(path) for path in sorted(folder.glob("meta_*.txt"))}
        self.patients: set[str] = set()
        self.samples: set[str] = set()
        self.lists: dict[str, list[str]] = {}

    def faults(self) -> Iterator[str]:
        study = self.metas.pop("meta_study.txt", None)
        if study is None:
            yield "meta_study.txt is missing"
            return
        for key in ("type_of_cancer", "cancer_study_identifier", "name", "description"):
            if not study.get(key):
                yield f"meta_study.txt: {key} is missing"
        self.identifier = study.get("cancer_study_identifier", "")
        self.genome = study.get("reference_genome", "")
        if not STUDY_IDENTIFIER.match(self.identifier):
            yield f"study identifier {self.identifier!r}"
        if self.genome not in NCBI:
            yield f"reference genome {self.genome!r}"
        kinds: dict[tuple[str, str], list[tuple[str, Path]]] = {}
        for name, meta in self.metas.items():
            kind = (meta.get("genetic_alteration_type", ""), meta.get("datatype", ""))
            yield from self._meta_faults(name, meta, kind)
            kinds.setdefault(kind, []).append((name, self.folder / meta.get("data_filename", "?")))
        order: list[tuple[tuple[str, str], Callable[[Path], Iterator[str]]]] = [
            (("CLINICAL", "SAMPLE_ATTRIBUTES"), self._samples),
            (("CLINICAL", "PATIENT_ATTRIBUTES"), self._patients),
            (("MUTATION_EXTENDED", "MAF"), self._mutations),
            (("COPY_NUMBER_ALTERATION", "DISCRETE"), self._discrete),
            (("COPY_NUMBER_ALTERATION", "SEG"), self._segments),
            (("CLINICAL", "TIMELINE"), self._timeline),
        ]
        if ("CLINICAL", "SAMPLE_ATTRIBUTES") not in kinds:
            yield "no sample attributes"
        self.profiled: dict[str, set[str]] = {}
        self.mutated: set[tuple[str, str]] = set()
        for kind, check in order:
            for _, path in kinds.get(kind, ()):
                if path.is_file():
                    yield from (f"{path.name}: {fault}" for fault in check(path))
        yield from self._case_lists()
        for _, path in kinds.get(("GENE_PANEL_MATRIX", "GENE_PANEL_MATRIX"), ()):
            yield from (f"{path.name}: {fault}" for fault in self._matrix(path))

    def _meta_faults(self, name: str, meta: dict[str, str], kind: tuple[str, str]) -> Iterator[str]:
        if kind not in META_FIELDS:
            yield f"{name}: unknown kind {kind}"
            return
        for key in ("cancer_study_identifier", "data_filename", *META_FIELDS[kind]):
            if not meta.get(key):
                yield f"{name}: {key} is missing"
        if meta.get("cancer_study_identifier") != self.identifier:
            yield f"{name}: belongs to another study"
        if kind in STABLE_IDS and meta.get("stable_id") not in STABLE_IDS[kind]:
            yield f"{name}: stable_id {meta.get('stable_id')!r}"
        if kind[1] == "SEG" and meta.get("reference_genome_id") != self.genome:
            yield f"{name}: another reference genome than the study"
        if not (self.folder / meta.get("data_filename", "?")).is_file():
            yield f"{name}: its data file is missing"

    def _clinical(self, path: Path) -> tuple[list[str], list[dict[str, str]], list[str]]:
        lines = path.read_text(encoding="utf-8").splitlines()
        heads, rest = lines[:4], lines[4:]
        faults = [
            f"row {n} does not start with #" for n, line in enumerate(heads, 1) if not line.startswith("#")
        ]
        columns = rest[0].split("\t")
        for line in heads:
            if len(line.split("\t")) != len(columns):
                faults.append("the rows above the header have another number of columns")
        kinds = heads[2].removeprefix("#").split("\t")
        faults += [f"datatype {kind!r}" for kind in kinds if kind not in {"STRING", "NUMBER", "BOOLEAN"}]
        faults += [f"priority {p!r}" for p in heads[3].removeprefix("#").split("\t") if not p.isdigit()]
        faults += [
            f"attribute {name!r} is not upper case"
            for name in columns
            if not re.match(r"^[A-Z][A-Z0-9_]*$", name)
        ]
        faults += [f"attribute {name} is forbidden" for name in columns if name in FORBIDDEN]
        rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in rest[1:]]
        faults += [] if rows else ["no rows"]
        for row in rows:
            for name, kind in zip(columns, kinds, strict=True):
                if kind == "NUMBER" and row[name] not in ("", "NA") and not _is_number(row[name]):
                    faults.append(f"{name} {row[name]!r} is no number")
        for name in columns:
            if name.endswith("_STATUS") and name.removesuffix("_STATUS") + "_MONTHS" in columns:
                faults += [
                    f"{name} {row[name]!r}"
                    for row in rows
                    if row[name] and not re.match(r"^[01]:", row[name])
                ]
                months = name.removesuffix("_STATUS") + "_MONTHS"
                faults += [f"{name} without months" for row in rows if bool(row[name]) != bool(row[months])]
        return columns, rows, faults

    def _samples(self, path: Path) -> Iterator[str]:
        columns, rows, faults = self._clinical(path)
        yield from faults
        self.sample_columns = set(columns)
        if not {"PATIENT_ID", "SAMPLE_ID"} <= set(columns):
            yield "PATIENT_ID or SAMPLE_ID is missing"
            return
        names = [row["SAMPLE_ID"] for row in rows]
        yield from (f"sample {name!r} twice" for name in names if names.count(name) > 1)
        for row in rows:
            for key in ("PATIENT_ID", "SAMPLE_ID"):
                if not IDENTIFIER.match(row[key]):
                    yield f"{key} {row[key]!r}"
        self.samples = set(names)
        self.with_samples = {row["PATIENT_ID"] for row in rows}

    def _patients(self, path: Path) -> Iterator[str]:
        columns, rows, faults = self._clinical(path)
        yield from faults
        yield from (
            f"{name} in both clinical files"
            for name in sorted(set(columns) & self.sample_columns - {"PATIENT_ID"})
        )
        names = [row["PATIENT_ID"] for row in rows]
        yield from (f"patient {name!r} twice" for name in names if names.count(name) > 1)
        self.patients = set(names)
        yield from (f"patient {name} has no sample" for name in sorted(self.patients - self.with_samples))
        yield from (
            f"patient {name} of a sample is not described"
            for name in sorted(self.with_samples - self.patients)
        )

    def _mutations(self, path: Path) -> Iterator[str]:
        rows = _table(path)
        if not rows:
            yield "no rows"
            return
        required = {
            "Hugo_Symbol", "NCBI_Build", "Chromosome", "Variant_Classification", "Reference_Allele",
            "Tumor_Seq_Allele2", "Tumor_Sample_Barcode", "HGVSp_Short",
        }  # fmt: skip
        yield from (f"column {name} is missing" for name in sorted(required - set(rows[0])))
        if not required <= set(rows[0]):
            return
        for row in rows:
            self.mutated.add((row["Tumor_Sample_Barcode"], row["Hugo_Symbol"]))
            yield from (f"{row['Hugo_Symbol']}: {fault}" for fault in self._mutation(row))

    def _mutation(self, row: dict[str, str]) -> Iterator[str]:
        if row["Tumor_Sample_Barcode"] not in self.samples:
            yield f"sample {row['Tumor_Sample_Barcode']} is not described"
        if row["NCBI_Build"] != NCBI.get(self.genome):
            yield f"build {row['NCBI_Build']}"
        if row["Variant_Classification"] not in CLASSIFICATIONS:
            yield f"classification {row['Variant_Classification']!r}"
        if row["Chromosome"] not in CHROMOSOMES | {"MT"}:
            yield f"chromosome {row['Chromosome']!r}"
        ref, alt = row["Reference_Allele"], row["Tumor_Seq_Allele2"]
        for allele in (ref, alt):
            if not re.match(r"^([ACGTN]+|-)$", allele):
                yield f"allele {allele!r}"
        if ref == alt:
            yield "both alleles are the same"
        if row["HGVSp_Short"] and not row["HGVSp_Short"].startswith("p."):
            yield f"protein change {row['HGVSp_Short']!r}"
        start, end = row["Start_Position"], row["End_Position"]
        if start or end:
            length = int(end) - int(start) + 1
            if (ref == "-" and length != 2) or (ref != "-" and length != len(ref)):
                yield f"{start} to {end} does not fit {ref}>{alt}"
        driver = row.get("cbp_driver", "")
        if driver not in {"", "NA", "Putative_Driver", "Putative_Passenger", "Unknown"}:
            yield f"cbp_driver {driver!r}"
        for name, most in (
            ("cbp_driver_annotation", 80),
            ("cbp_driver_tiers", 20),
            ("cbp_driver_tiers_annotation", 80),
        ):
            if len(row.get(name, "")) > most:
                yield f"{name} is too long"

    def _discrete(self, path: Path) -> Iterator[str]:
        rows = _table(path)
        if not rows:
            yield "no rows"
            return
        names = [name for name in rows[0] if name not in ("Hugo_Symbol", "Entrez_Gene_Id")]
        self.profiled["cna"] = set(names)
        yield from (f"sample {name} is not described" for name in names if name not in self.samples)
        genes = [row["Hugo_Symbol"] for row in rows]
        yield from (f"gene {gene} twice" for gene in genes if genes.count(gene) > 1)
        for row in rows:
            if not row["Entrez_Gene_Id"].isdigit():
                yield f"Entrez {row['Entrez_Gene_Id']!r}"
            yield from (
                f"{row['Hugo_Symbol']} {row[name]!r}"
                for name in names
                if row[name] not in ("-2", "-1", "0", "1", "2", "NA")
            )

    def _segments(self, path: Path) -> Iterator[str]:
        rows = _table(path)
        if not rows or list(rows[0]) != ["ID", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean"]:
            yield "no rows, or other columns"
            return
        for row in rows:
            if row["ID"] not in self.samples:
                yield f"sample {row['ID']} is not described"
            if row["chrom"] not in CHROMOSOMES:
                yield f"chromosome {row['chrom']!r}"
            if not 1 <= int(row["loc.start"]) <= int(row["loc.end"]):
                yield f"{row['loc.start']} to {row['loc.end']}"
            if int(row["loc.end"]) > LAST_BASE.get(self.genome, {}).get(row["chrom"], 250_000_000):
                yield f"{row['chrom']}:{row['loc.end']} lies beyond the chromosome"
            if not row["num.mark"].isdigit() or not _is_number(row["seg.mean"]):
                yield f"num.mark {row['num.mark']!r} or seg.mean {row['seg.mean']!r}"

    def _timeline(self, path: Path) -> Iterator[str]:
        rows = _table(path)
        if not rows:
            yield "no rows"
            return
        if list(rows[0])[:4] != ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE"]:
            yield "the first columns are others"
            return
        for row in rows:
            if row["PATIENT_ID"] not in self.patients:
                yield f"patient {row['PATIENT_ID']} is not described"
            if not re.match(r"^-?\d+$", row["START_DATE"]) or not re.match(r"^(-?\d+)?$", row["STOP_DATE"]):
                yield f"day {row['START_DATE']!r}"
            if not row["EVENT_TYPE"]:
                yield "no EVENT_TYPE"
            if row["EVENT_TYPE"] == "SPECIMEN" and row.get("SAMPLE_ID") not in self.samples:
                yield f"sample {row.get('SAMPLE_ID')} is not described"

    def _case_lists(self) -> Iterator[str]:
        for path in sorted((self.folder / "case_lists").glob("*.txt")):
            meta = _meta(path)
            for key in (
                "cancer_study_identifier",
                "stable_id",
                "case_list_name",
                "case_list_description",
                "case_list_ids",
            ):
                if not meta.get(key):
                    yield f"{path.name}: {key} is missing"
            if meta.get("cancer_study_identifier") != self.identifier:
                yield f"{path.name}: belongs to another study"
            if not meta.get("stable_id", "").startswith(f"{self.identifier}_"):
                yield f"{path.name}: stable_id {meta.get('stable_id')!r}"
            ids = meta.get("case_list_ids", "").split("\t")
            yield from (
                f"{path.name}: sample {name} is not described" for name in ids if name not in self.samples
            )
            self.lists[meta.get("stable_id", "").removeprefix(f"{self.identifier}_")] = ids
        if "all" not in self.lists:
            yield "no list of all samples"
        if self.mutated and "sequenced" not in self.lists:
            yield "mutations without a list of sequenced samples"
        listed = set(self.lists.get("sequenced", ()))
        yield from (
            f"{sample} is mutated and not in the list of sequenced samples"
            for sample, _ in sorted(self.mutated)
            if sample not in listed
        )

    def _matrix(self, path: Path) -> Iterator[str]:
        panels = {}
        for file in sorted((self.folder / "gene_panels").glob("*.txt")):
            meta = _meta(file)
            if not meta.get("description") or not meta.get("stable_id"):
                yield f"gene panel {file.name}: stable_id or description is missing"
            panels[meta.get("stable_id", "")] = set(meta.get("gene_list", "").split("\t")) - {""}
        rows = _table(path)
        kinds = [name for name in rows[0] if name != "SAMPLE_ID"]
        stable = {meta.get("stable_id") for meta in self.metas.values()} - {None}
        yield from (f"column {kind} is no profile of the study" for kind in kinds if kind not in stable)
        for row in rows:
            if row["SAMPLE_ID"] not in self.samples:
                yield f"sample {row['SAMPLE_ID']} is not described"
            for kind in kinds:
                name = row[kind]
                if name != "NA" and not panels.get(name):
                    yield f"gene panel {name!r} is not there or has no genes"
            in_list = row["SAMPLE_ID"] in self.lists.get("sequenced", ())
            if "mutations" in kinds and (row["mutations"] != "NA") != in_list:
                yield f"{row['SAMPLE_ID']}: matrix and list of sequenced samples disagree"
            if "cna" in kinds and (row["cna"] != "NA") != (row["SAMPLE_ID"] in self.profiled.get("cna", ())):
                yield f"{row['SAMPLE_ID']}: matrix and copy-number file disagree"
            for sample, gene in self.mutated:
                if sample == row["SAMPLE_ID"] and gene not in panels.get(row.get("mutations", ""), ()):
                    yield f"{sample}: {gene} is mutated and not in its gene panel"


def _meta(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {key: value.strip(" ") for key, _, value in (line.partition(":") for line in lines if line)}


def _table(path: Path) -> list[dict[str, str]]:
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), row.split("\t"), strict=True)) for row in rows]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
