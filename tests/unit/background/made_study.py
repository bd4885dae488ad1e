"""A study folder as cBioPortal lays it out, made by hand: every count of the tests is told here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

MAF_COLUMNS = (
    "Hugo_Symbol", "NCBI_Build", "Chromosome", "Start_Position", "End_Position", "Variant_Classification", "Variant_Type",
    "Reference_Allele", "Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "Tumor_Sample_Barcode", "Mutation_Status", "HGVSp_Short",
    "t_ref_count", "t_alt_count",
)  # fmt: skip

KRAS_G12D = ("KRAS", "12", 25245350, "C", "T", "G12D")
PIK3CA_H1047R = ("PIK3CA", "3", 179234297, "A", "G", "H1047R")
ERBB2_S310F = ("ERBB2", "17", 39711955, "C", "T", "S310F")


def maf_line(sample: str, change: tuple[str, str, int, str, str, str], *, kind: str = "Missense_Mutation", build: str = "GRCh38",
             status: str = "SOMATIC") -> str:  # fmt: skip
    gene, chromosome, position, ref, alt, protein = change
    cells = (gene, build, chromosome, position, position + len(ref) - 1, kind, "SNP", ref, ref, alt, sample, status,
             f"p.{protein}", 60, 30)  # fmt: skip
    return "\t".join(map(str, cells))


def write_study(
    folder: Path,
    *,
    samples: Mapping[str, Mapping[str, str]],
    mutations: Sequence[str] = (),
    levels: Mapping[str, Mapping[str, str]] | None = None,
    sequenced: Sequence[str] | None = None,
    measured: Sequence[str] | None = None,
    panels: Mapping[str, str] | None = None,
    panel_genes: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """A study of `samples` (by name, with further clinical columns); `levels` by gene and sample, the rest is 0."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meta_study.txt").write_text(
        "cancer_study_identifier: made_2026\nname: made\n", encoding="utf-8"
    )
    columns = sorted({column for row in samples.values() for column in row} - {"PATIENT_ID"})
    lines = ["#Patient\tSample" + "\tx" * len(columns), "\t".join(["PATIENT_ID", "SAMPLE_ID", *columns])]
    lines += [
        "\t".join([row.get("PATIENT_ID", f"P-{name}"), name, *(row.get(c, "") for c in columns)])
        for name, row in samples.items()
    ]
    (folder / "data_clinical_sample.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "data_mutations.txt").write_text(
        "\n".join(["#version 2.4", "\t".join(MAF_COLUMNS), *mutations]) + "\n", encoding="utf-8"
    )
    if levels is not None:
        names = list(samples)
        rows = ["\t".join(["Hugo_Symbol", "Entrez_Gene_Id", *names])]
        rows += [
            "\t".join([gene, "1", *(of.get(name, "0") for name in names)]) for gene, of in levels.items()
        ]
        (folder / "data_cna.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name, listed in (("cases_sequenced", sequenced), ("cases_cna", measured)):
        if listed is not None:
            (folder / "case_lists").mkdir(exist_ok=True)
            text = f"stable_id: made_2026_{name}\ncase_list_ids: " + "\t".join(listed) + "\n"
            (folder / "case_lists" / f"{name}.txt").write_text(text, encoding="utf-8")
    if panels is not None:
        rows = ["SAMPLE_ID\tmutations\tcna", *(f"{name}\t{panel}\t{panel}" for name, panel in panels.items())]
        (folder / "data_gene_panel_matrix.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name, genes in (panel_genes or {}).items():
        (folder / f"data_gene_panel_{name}.txt").write_text(
            f"stable_id: {name}\ndescription: made\ngene_list: " + "\t".join(genes) + "\n", encoding="utf-8"
        )
    return folder
