"""Files that the sheets name: there, readable, indexed, and of one sample."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
from pathlib import Path

import pysam
import pytest
from trial_folder import BAM, NEWER, OLDER, TrialFolder, as_nobody

from refractor.errors import SheetError
from refractor.files.indexes import reads_indexes
from refractor.sheets import read_sheets, read_trial

READS = "samples.tsv:2 tumor_reads: "


def test_the_sound_trial_has_no_problem_and_no_warning(folder: TrialFolder) -> None:
    trial = folder.read()
    assert (len(trial.samples), len(trial.patients), trial.warnings) == (2, 3, ())


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("P02.vcf", "samples.tsv:3 small_variants"),
        ("P02.vcf.tbi", "samples.tsv:3 small_variants"),
        ("reads/P01-T.bam", "samples.tsv:2 tumor_reads"),
        ("reads/P01-N.bam.bai", "samples.tsv:2 normal_reads"),
    ],
)
def test_a_file_of_tomorrow_is_a_question_and_stops_nobody(
    folder: TrialFolder, path: str, place: str
) -> None:
    """The index of reads of tomorrow is older than they, which says nothing."""
    if not Path(path).exists():
        folder.put(path)
    os.utime(path, (4e9, 4e9))
    (told,) = folder.warnings()
    assert told.startswith(f"{place}: '{path}' is dated in the future (2096-10-02")
    assert told.endswith(f"run: touch {path}, or set this machine's clock")


def test_a_file_that_does_not_exist_is_named_with_the_working_directory(folder: TrialFolder) -> None:
    folder.samples[1]["small_variants"] = "P20.vcf"
    assert folder.problems() == [
        "samples.tsv:3 small_variants: 'P20.vcf' does not exist; "
        f"paths are relative to the working directory {Path.cwd()}"
    ]


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("~/P02.vcf", "~ is not expanded here; write the whole path"),
        ("$HOME/P02.vcf", "variables are not expanded here; write the whole path"),
    ],
)
def test_what_a_shell_would_expand_is_explained(folder: TrialFolder, path: str, remedy: str) -> None:
    folder.samples[1]["small_variants"] = path
    assert folder.problems() == [f"samples.tsv:3 small_variants: '{path}' does not exist; {remedy}"]


def test_a_path_below_a_file_does_not_exist(folder: TrialFolder) -> None:
    folder.samples[1]["small_variants"] = "P02.vcf/x"
    assert folder.problems()[0].startswith("samples.tsv:3 small_variants: 'P02.vcf/x' does not exist")


def test_every_column_of_files_is_looked_at(folder: TrialFolder) -> None:
    columns = (
        "tumor_reads",
        "normal_reads",
        "small_variants",
        "copy_number",
        "structural_variants",
        "callable_regions",
    )
    folder.samples[0] |= {name: f"none/{name}" for name in columns}
    found = folder.problems()
    assert len(found) == 6
    assert [problem.split(":")[1] for problem in found] == [f"2 {name}" for name in columns]


def test_a_directory_an_empty_file_and_a_socket_are_named(folder: TrialFolder) -> None:
    Path("folder.vcf").mkdir()
    folder.put("empty.cns", b"")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.bed")
        folder.samples[1] |= {
            "small_variants": "folder.vcf",
            "copy_number": "empty.cns",
            "callable_regions": "socket.bed",
        }
        assert folder.problems() == [
            "samples.tsv:3 small_variants: 'folder.vcf' is a directory; give the file itself",
            "samples.tsv:3 copy_number: 'empty.cns' is empty (0 bytes); make it again",
            "samples.tsv:3 callable_regions: 'socket.bed' is not a regular file; give a file",
        ]


def test_a_broken_link_and_a_link_in_a_circle_are_named(folder: TrialFolder) -> None:
    Path("link.vcf").symlink_to("gone.vcf")
    Path("a").symlink_to("b")
    Path("b").symlink_to("a")
    folder.samples[1] |= {"small_variants": "link.vcf", "copy_number": "a"}
    found = folder.problems()
    assert (
        found[0]
        == "samples.tsv:3 small_variants: 'link.vcf' is a link to 'gone.vcf', which does not exist; mend the link"
    )
    assert found[1].startswith(
        "samples.tsv:3 copy_number: 'a' cannot be read: Too many levels of symbolic links"
    )


def test_a_file_that_may_not_be_read_is_named(
    folder: TrialFolder, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_folder)
    folder.put("P02.vcf")
    folder.put("P02.cns")
    folder.put_reads("reads/P01-T.bam")
    folder.put_reads("reads/P01-N.bam")
    config = folder.write()
    Path("P02.vcf").chmod(0)
    Path("reads/P01-N.bam").chmod(0)
    with as_nobody(), pytest.raises(SheetError) as caught:
        read_trial(config)
    assert str(caught.value).split("\n") == [
        "samples.tsv:2 normal_reads: 'reads/P01-N.bam' cannot be read: permission denied; ask for the right to read it",
        "samples.tsv:3 small_variants: 'P02.vcf' cannot be read: permission denied; ask for the right to read it",
    ]


def test_a_folder_that_may_not_be_entered_is_named(
    folder: TrialFolder, shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared_folder)
    folder.samples.pop()
    folder.put_reads("reads/P01-T.bam")
    folder.put_reads("reads/P01-N.bam")
    config = folder.write()
    Path("reads").chmod(0o600)
    with as_nobody(), pytest.raises(SheetError, match=r"'reads/P01-T.bam' cannot be read: permission denied"):
        read_trial(config)
    Path("reads").chmod(0o700)


@pytest.mark.parametrize("suffix", [".bam.bai", ".bai", ".bam.csi", ".csi"])
def test_each_name_of_an_index_of_a_bam_is_accepted(folder: TrialFolder, suffix: str) -> None:
    folder.put("x.bam", BAM)
    folder.put(f"x{suffix}", modified=OLDER)  # as old as its file
    folder.samples[0]["tumor_reads"] = "x.bam"
    assert len(folder.read().samples) == 2


@pytest.mark.parametrize("suffix", [".cram.crai", ".crai"])
def test_each_name_of_an_index_of_a_cram_is_accepted(folder: TrialFolder, suffix: str) -> None:
    folder.put("x.cram", b"CRAM\3\0")
    folder.put(f"x{suffix}")
    folder.samples[0]["tumor_reads"] = "x.cram"
    assert len(folder.read().samples) == 2


def test_a_missing_index_is_named_with_the_command(folder: TrialFolder) -> None:
    folder.put("x.bam", BAM)
    folder.put("x.cram", b"CRAM\3\0")
    folder.put("x.cram.bai")  # an index of another kind does not count
    folder.samples[0] |= {"tumor_reads": "x.bam", "normal_reads": "x.cram"}
    assert folder.problems() == [
        READS
        + "'x.bam' has no index; run: samtools index x.bam (accepted: x.bam.csi, x.csi, x.bam.bai, x.bai)",
        "samples.tsv:2 normal_reads: 'x.cram' has no index; run: samtools index x.cram (accepted: x.cram.crai, x.crai)",
    ]


def test_an_index_older_than_its_file_is_named(folder: TrialFolder) -> None:
    folder.put("x.bam", BAM, modified=NEWER)
    folder.put("x.bam.bai", modified=NEWER - 1)
    folder.samples[0]["tumor_reads"] = "x.bam"
    assert folder.problems() == [
        READS + "the index 'x.bam.bai' is older than its file; run: samtools index x.bam"
    ]


def test_of_several_indexes_the_one_that_htslib_takes_is_judged(folder: TrialFolder) -> None:
    folder.put("x.bam", BAM, modified=NEWER)
    folder.put("x.csi", modified=OLDER)
    folder.put("x.bam.bai", modified=NEWER)
    folder.samples[0]["tumor_reads"] = "x.bam"
    assert folder.problems() == [
        READS + "the index 'x.csi' is older than its file; run: samtools index x.bam"
    ]


def test_the_order_of_index_names_is_that_of_htslib(tmp_path: Path, shared_data: Path) -> None:
    """Of each two names beside a real BAM, the later is damaged: htslib must not notice."""
    source = shared_data / "reads" / "CPCT12345678R.bam"
    path = tmp_path / "x.bam"
    shutil.copy(source, path)
    made = {"bai": tmp_path / "made.bai", "csi": tmp_path / "made.csi"}
    pysam.index(str(path), str(made["bai"]))
    pysam.index("-c", str(path), str(made["csi"]))
    names = [str(index) for index in reads_indexes(path, is_cram=False)]
    assert len(names) == 4
    for place, first in enumerate(names):
        shutil.copy(made[first[-3:]], first)
        for later in names[place + 1 :]:
            Path(later).write_bytes(b"damaged")
            with pysam.AlignmentFile(str(path)) as reads:
                assert reads.has_index(), (first, later)
            Path(later).unlink()
        Path(first).unlink()


@pytest.mark.parametrize(
    "content",
    [
        b"@HD\tVN:1.6\n",
        b"##fileformat=VCF",
        b"@r\nACGT\n",
        gzip.compress(b"##fileformat=VCFv4.2\n", mtime=0),
        b"\x1f\x8b\x08 and then no compressed data",
        b"\x1f\x8b",
    ],
)
def test_reads_that_are_neither_bam_nor_cram_are_named(folder: TrialFolder, content: bytes) -> None:
    folder.put("x.bam", content)
    folder.put("x.bam.bai")
    folder.samples[0]["tumor_reads"] = "x.bam"
    assert folder.problems() == [
        READS
        + "'x.bam' is neither BAM nor CRAM; give indexed BAM or CRAM; convert with samtools view and index it"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://host/x.bam",
        "http://host/x.cram",
        "s3://bucket/x.bam",
        "gs://bucket/x.bam",
        "az://box/x.bam",
        "HTTPS://host/x",
    ],
)
def test_remote_addresses_of_reads_are_left_alone(folder: TrialFolder, address: str) -> None:
    folder.samples[0]["tumor_reads"] = address
    assert [row.tumor_reads for row in folder.read().samples] == [address, None]
    folder.samples[1]["small_variants"] = address + ".vcf.gz"
    assert folder.problems() == [
        f"samples.tsv:3 small_variants: '{address}.vcf.gz' is an address: only tumor_reads and normal_reads, of which "
        "parts are read, may be one; download the file and give its path"
    ]


@pytest.mark.parametrize("address", ["ftp://host/x.bam", "file:///data/x.bam", "hdfs://bucket/x.bam"])
def test_other_addresses_are_refused(folder: TrialFolder, address: str) -> None:
    folder.samples[0]["tumor_reads"] = address
    assert folder.problems() == [
        READS
        + f"'{address}' is an address of a kind that cannot be read; allowed: a path, http(s)://, s3://, gs:// or az://"
    ]


@pytest.mark.parametrize("name", ["with space.vcf", "semi;colon.vcf", "quote'.vcf", "$(id).vcf", "ü.vcf"])
def test_odd_names_of_files_are_accepted(folder: TrialFolder, name: str) -> None:
    folder.put(name)
    folder.samples[1]["small_variants"] = name
    assert folder.read().samples[1].small_variants == name


def test_paths_are_relative_to_the_working_directory_not_to_the_sheet(folder: TrialFolder) -> None:
    config = folder.write()
    Path("sheets").mkdir()
    for name, path in config.items():
        config[name] = f"sheets/{path}"
        Path(path).rename(config[name])
    assert len(read_trial(config).samples) == 2


def test_one_bam_for_two_samples_is_refused(folder: TrialFolder) -> None:
    folder.samples[1]["tumor_reads"] = "reads/P01-T.bam"
    assert folder.problems() == [
        "samples.tsv:3 tumor_reads: 'reads/P01-T.bam' is tumor_reads of line 2 (P01-T) too; "
        "give each sample its own file"
    ]


def test_a_link_to_a_file_is_that_file(folder: TrialFolder) -> None:
    Path("linked.bam").symlink_to("reads/P01-T.bam")
    folder.put("linked.bam.bai")
    os.link("P02.cns", "hard.cns")
    folder.samples[0]["copy_number"] = "hard.cns"
    folder.samples[1]["tumor_reads"] = "linked.bam"
    found = folder.problems()
    assert len(found) == 2
    assert found[0].startswith("samples.tsv:3 tumor_reads: 'linked.bam' is tumor_reads of line 2 (P01-T) too")
    assert found[1].startswith("samples.tsv:3 copy_number: 'P02.cns' is copy_number of line 2 (P01-T) too")


def test_one_remote_address_for_two_samples_is_refused(folder: TrialFolder) -> None:
    for row in folder.samples:
        row["tumor_reads"] = "s3://bucket/x.bam"
    assert len(folder.problems()) == 1


def test_a_table_whose_rows_name_their_tumour_may_be_of_several(folder: TrialFolder) -> None:
    folder.samples[0]["copy_number"] = "P02.cns"
    assert len(folder.problems()) == 1  # nothing in it tells the two apart
    folder.put("P02.cns", b"ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n")
    assert len(folder.read().samples) == 2


def test_the_maf_of_a_study_needs_no_names(folder: TrialFolder) -> None:
    """Its rows are told apart by Tumor_Sample_Barcode, which is the sample's name or small_variants_sample."""
    folder.samples[0]["small_variants"] = "P02.vcf"
    folder.put("P02.vcf", b"Hugo_Symbol\tChromosome\tTumor_Sample_Barcode\n")
    assert len(folder.read().samples) == 2
    folder.samples[1]["small_variants_sample"] = folder.samples[0]["sample"]
    assert "name each sample's column" in folder.problems()[0]


@pytest.mark.parametrize(
    ("first", "second", "accepted"),
    [("A", "B", True), ("A", "A", False), ("", "B", False), ("A", "", False), ("", "", False)],
)
def test_a_shared_vcf_needs_both_names(folder: TrialFolder, first: str, second: str, accepted: bool) -> None:
    folder.samples[0] |= {"small_variants": "P02.vcf", "small_variants_sample": first}
    folder.samples[1] |= {"small_variants_sample": second}
    if accepted:
        assert len(folder.read().samples) == 2
    else:
        assert folder.problems() == [
            "samples.tsv:3 small_variants: 'P02.vcf' is small_variants of line 2 (P01-T) too; "
            "name each sample's column in small_variants_sample"
        ]


def test_a_normal_belongs_to_one_patient(folder: TrialFolder) -> None:
    folder.put_reads("reads/second.bam")
    folder.samples.append(
        {
            "patient": "P01",
            "sample": "P01-T2",
            "tumor_reads": "reads/second.bam",
            "normal_reads": "reads/P01-N.bam",
        }
    )
    assert len(folder.read().samples) == 3  # two tumours of one patient share their normal
    folder.samples[2]["patient"] = "P03"
    assert folder.problems() == [
        "samples.tsv:4 normal_reads: 'reads/P01-N.bam' is normal_reads of line 2 (P01-T) too, of patient P01; "
        "give each patient's own normal, or leave the cell empty"
    ]


def test_tumor_and_normal_are_two_files(folder: TrialFolder) -> None:
    folder.samples[0]["normal_reads"] = "./reads/../reads/P01-T.bam"
    assert folder.problems() == [
        "samples.tsv:2 normal_reads: './reads/../reads/P01-T.bam' is tumor_reads of the same row too; "
        "give the normal's own reads"
    ]


def test_the_normal_of_one_is_not_the_tumor_of_another(folder: TrialFolder) -> None:
    folder.samples[1]["tumor_reads"] = "reads/P01-N.bam"
    assert folder.problems() == [
        "samples.tsv:2 normal_reads: 'reads/P01-N.bam' is tumor_reads of line 3 (P02-T) too; "
        "give the normal's own reads"
    ]


def test_sheets_are_read_without_the_files_where_no_file_is_needed(folder: TrialFolder) -> None:
    config = folder.write()
    shutil.rmtree("reads")
    assert len(read_sheets(config).samples) == 2
    with pytest.raises(SheetError):
        read_trial(config)
