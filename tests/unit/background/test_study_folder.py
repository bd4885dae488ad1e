"""A study folder as cBioPortal lays it out: which tumours count, and what was looked at in each."""

from __future__ import annotations

import pytest
from made_study import KRAS_G12D, maf_line, write_study

from refractor.background.study_copies import call_of, read_levels, read_segments
from refractor.background.study_folder import read_study_folder
from refractor.background.study_mutations import read_study_mutations
from refractor.errors import CopyNumberFileError, InputError, VariantFileError
from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.vocabulary import CopyNumberCall

THREE = {"A": {}, "B": {}, "C": {}}


def test_every_tumour_of_the_case_lists_one_a_patient(tmp_path):
    samples = {
        "A1": {"PATIENT_ID": "P1"},
        "A2": {"PATIENT_ID": "P1"},  # looked at for both, so it stands for the patient
        "B": {"PATIENT_ID": "P2"},
        "C": {"PATIENT_ID": "P3"},  # in no list
        "N": {"PATIENT_ID": "P4", "SAMPLE_CLASS": "Normal"},
    }
    folder = write_study(
        tmp_path, samples=samples, levels={"MET": {}}, sequenced=["A1", "A2", "B"], measured=["A2"]
    )
    study = read_study_folder(folder)
    assert study.name == "made_2026"
    assert [one.sample for one in study.samples] == ["A2", "B"]
    assert [one.copy_genes for one in study.samples] == [None, frozenset()]
    assert any("2 further samples" in note for note in study.notes)


def test_without_case_lists_every_sample_counts_and_that_is_said(tmp_path):
    study = read_study_folder(write_study(tmp_path, samples=THREE))
    assert [one.mutation_genes for one in study.samples] == [None, None, None]
    assert any("no case list" in note for note in study.notes)
    assert any("no matrix of gene panels" in note for note in study.notes)


def test_a_panel_says_which_genes_were_looked_at(tmp_path):
    panels = {"A": "P300", "B": "NA", "C": "LOST"}
    folder = write_study(
        tmp_path, samples=THREE, sequenced=list(THREE), panels=panels, panel_genes={"P300": ["KRAS", "MET"]}
    )
    study = read_study_folder(folder)
    # a panel whose genes nobody tells says nothing: the tumour is left out, not taken for wild-type
    assert {one.sample: one.mutation_genes for one in study.samples} == {
        "A": frozenset({"KRAS", "MET"}),
        "B": None,
    }
    assert any("LOST" in note for note in study.notes)


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ({"CANCER_TYPE": ["Colorectal Cancer"]}, ["A", "C"]),
        ({"CANCER_TYPE": ["Colorectal Cancer", "Breast Cancer"]}, ["A", "B", "C"]),
        ({"CANCER_TYPE": ["Colorectal Cancer"], "SEX": ["Male"]}, ["C"]),
    ],
)
def test_only_the_tumours_that_are_asked_for(tmp_path, keep, kept):
    samples = {
        "A": {"CANCER_TYPE": "Colorectal Cancer", "SEX": "Female"},
        "B": {"CANCER_TYPE": "Breast Cancer", "SEX": "Female"},
        "C": {"CANCER_TYPE": "Colorectal Cancer", "SEX": "Male"},
    }
    study = read_study_folder(write_study(tmp_path, samples=samples), keep=keep)
    assert [one.sample for one in study.samples] == kept


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        ({"CANCER": ["Colorectal Cancer"]}, "has no column CANCER"),
        ({"CANCER_TYPE": ["colorectal"]}, "values here: Colorectal Cancer"),
    ],
)
def test_a_column_or_value_that_no_sample_has_is_named(tmp_path, keep, said):
    folder = write_study(tmp_path, samples={"A": {"CANCER_TYPE": "Colorectal Cancer"}})
    with pytest.raises(InputError, match=said):
        read_study_folder(folder, keep=keep)


def test_a_folder_that_is_no_study_says_what_it_lacks(tmp_path):
    with pytest.raises(InputError, match="is no folder"):
        read_study_folder(tmp_path / "none")
    with pytest.raises(InputError, match="a study folder of cBioPortal holds"):
        read_study_folder(tmp_path)
    (tmp_path / "data_clinical_sample.txt").write_text("PATIENT_ID\tSAMPLE_ID\nP\tS\n")
    with pytest.raises(InputError, match="neither mutations nor copies"):
        read_study_folder(tmp_path)


def test_mutations_hold_rows_of_wanted_genes_and_count_every_gene(tmp_path):
    lines = [
        maf_line("A", KRAS_G12D),
        maf_line("A", ("TTN", "2", 1000, "A", "T", "K1N")),
        maf_line("B", ("TTN", "2", 1001, "A", "T", "K1="), kind="Silent"),
        maf_line("C", ("TTN", "2", 1002, "A", "T", "K1N"), status="GERMLINE"),
        maf_line("Z", KRAS_G12D),  # not asked for
    ]
    folder = write_study(tmp_path, samples=THREE, mutations=lines)
    found = read_study_mutations(folder / "data_mutations.txt", genes={"KRAS"}, samples=set(THREE))
    assert {name: len(rows) for name, rows in found.rows.items()} == {"A": 1}
    assert found.changed == {"KRAS": {"A"}, "TTN": {"A"}}


def test_a_broken_row_costs_itself_and_is_counted(tmp_path):
    bad = maf_line("B", KRAS_G12D).replace("25245350", "here")
    folder = write_study(tmp_path, samples=THREE, mutations=[maf_line("A", KRAS_G12D), bad])
    found = read_study_mutations(folder / "data_mutations.txt", genes={"KRAS"}, samples=set(THREE))
    assert list(found.rows) == ["A"]
    assert found.broken.total() == 1
    assert "Start_Position" in next(iter(found.broken))


def test_a_file_that_is_no_maf_is_refused(tmp_path):
    path = tmp_path / "data_mutations.txt"
    path.write_text("gene\tsample\n")
    with pytest.raises(VariantFileError, match="columns missing"):
        read_study_mutations(path, genes=set(), samples=set())


def test_levels_become_calls_and_missing_ones_stay_unknown(tmp_path):
    levels = {"MET": {"A": "2", "B": "-2", "C": "NA"}, "FAR": {"A": "2", "B": "1"}}
    folder = write_study(tmp_path, samples=THREE, levels=levels)
    found = read_levels(folder / "data_cna.txt", genes={"MET"}, samples=set(THREE))
    assert found.calls == {"A": {"MET": CopyNumberCall.AMPLIFIED}, "B": {"MET": CopyNumberCall.DELETED}}
    assert (found.amplified, found.deleted) == ({"MET": {"A"}, "FAR": {"A"}}, {"MET": {"B"}})


def test_a_level_that_is_none_is_named_with_its_line(tmp_path):
    folder = write_study(tmp_path, samples=THREE, levels={"MET": {"B": "7"}})
    with pytest.raises(CopyNumberFileError, match=r"data_cna.txt:2 B: '7' is no level"):
        read_levels(folder / "data_cna.txt", genes={"MET"}, samples=set(THREE))


@pytest.mark.parametrize(
    ("log2", "call"),
    [
        (1.0, "amplified"),
        (0.99, "gained"),
        (0.2, "gained"),
        (0.19, "neutral"),
        (-0.3, "lost"),
        (-1.0, "deleted"),
    ],
)
def test_relative_depth_becomes_a_call(log2, call):
    assert call_of(log2) == call


def test_segments_are_averaged_over_a_gene(tmp_path):
    met = load_panel(GenomeBuild.GRCH37).genes["MET"]
    middle = (met.start + met.end) // 2
    rows = [
        "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean",
        f"A\t7\t1\t{middle}\t10\t0.0",
        f"A\t7\t{middle + 1}\t{met.end + 5000}\t10\t2.4",  # half of the gene: 1.2 on the whole
        f"B\tchr7\t1\t{met.end + 5000}\t10\t-0.05",
    ]
    path = tmp_path / "made_data_cna_hg19.seg"
    path.write_text("\n".join(rows) + "\n")
    found = read_segments(path, genes={"MET": met}, samples={"A", "B"})
    assert found.calls == {"A": {"MET": CopyNumberCall.AMPLIFIED}, "B": {"MET": CopyNumberCall.NEUTRAL}}
    path.write_text("\n".join([*rows, "B\t7\tone\t2\t1\t0"]) + "\n")
    with pytest.raises(CopyNumberFileError, match=":5"):
        read_segments(path, genes={"MET": met}, samples={"A", "B"})


def test_the_meta_files_say_what_the_files_are_called(tmp_path):
    folder = write_study(
        tmp_path, samples=THREE, mutations=[maf_line("A", KRAS_G12D)], sequenced=["A"], measured=["A", "B"]
    )
    for usual, name, kind, datatype in (
        ("data_clinical_sample.txt", "data_clinical_samples.txt", "CLINICAL", "SAMPLE_ATTRIBUTES"),
        ("data_mutations.txt", "data_mutations.maf", "MUTATION_EXTENDED", "MAF"),
    ):
        (folder / usual).rename(folder / name)
        (folder / f"meta_{kind.lower()}.txt").write_text(
            f"cancer_study_identifier: made_2026\ngenetic_alteration_type: {kind}\ndatatype: {datatype}\ndata_filename: {name}\n"
        )
    study = read_study_folder(folder)
    assert study.mutations == folder / "data_mutations.maf"
    assert [one.sample for one in study.samples][:1] == ["A"]


def test_a_study_of_which_git_lfs_left_pointers_says_so(tmp_path):
    folder = write_study(tmp_path, samples=THREE)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:97846b80\nsize 873965\n"
    (folder / "data_mutations.txt").write_text(pointer)
    with pytest.raises(InputError, match=r"data_mutations.txt: is Git LFS's pointer .*; run: git lfs pull"):
        read_study_folder(folder)


def test_levels_with_a_row_a_gene_and_sample(tmp_path):
    path = tmp_path / "data_cna.txt"
    path.write_text(
        "Hugo_Symbol\tEntrez_Gene_Id\tSample_Id\tValue\tcbp_driver\n"
        "MET\t4233\tA\t2\t\nKRAS\t3845\tA\t0\t\nMET\t4233\tB\tNA\t\nMET\t4233\tX\t2\t\nTP53\t7157\tA\t-2\t\n"
    )
    found = read_levels(path, genes={"MET", "KRAS"}, samples={"A", "B"})
    assert found.samples == {"A", "B"}
    assert found.calls == {"A": {"MET": CopyNumberCall.AMPLIFIED, "KRAS": CopyNumberCall.NEUTRAL}}
    assert (found.amplified, found.deleted) == ({"MET": {"A"}}, {"TP53": {"A"}})
    path.write_text("Hugo_Symbol\tEntrez_Gene_Id\tSample_Id\tValue\nMET\t4233\tA\thigh\n")
    with pytest.raises(CopyNumberFileError, match="'high' is no level"):
        read_levels(path, genes={"MET"}, samples={"A"})


def test_the_panel_of_copies_is_that_of_their_profile(tmp_path):
    folder = write_study(tmp_path, samples=THREE, panels={"A": "P1"}, panel_genes={"P1": ["KRAS"]})
    matrix = folder / "data_gene_panel_matrix.txt"
    matrix.write_text("SAMPLE_ID\tmutations\tgistic\nA\tP1\tNA\n")
    (folder / "data_cna.txt").write_text("Hugo_Symbol\tA\nMET\t2\n")
    [a] = [one for one in read_study_folder(folder).samples if one.sample == "A"]
    assert (a.mutation_genes, a.copy_genes) == (frozenset({"KRAS"}), None)
