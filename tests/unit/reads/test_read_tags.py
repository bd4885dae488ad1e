"""Optional fields of BAM records, in whichever order and of whichever type an aligner writes them."""

import array

import pysam
import pytest

from refractor.reads.alignment import open_alignment
from refractor.reads.bam_records import fixed_fields, record_offsets
from refractor.reads.cut_records import cut_records
from refractor.reads.read_tags import NO_TAG, edit_distances

BWA = [("NM", 2, "C"), ("MD", "10A5T84", "Z"), ("AS", 90, "C"), ("XR", "a", "Z")]
MINIMAP2 = [("NM", 0, "i"), ("ms", 200, "i"), ("tp", "P", "A"), ("de", 0.01, "f")]
PICARD = [("MC", "100M", "Z"), ("MD", "NM3", "Z"), ("PG", "MarkDuplicates", "Z"), ("NM", 300, "S")]
ARRAYS = [("XB", [1, 2, 3], "S"), ("XF", [0.5], "f"), ("XH", "1AE3", "H"), ("NM", 7, "s")]
NONE = [("AS", 0, "c"), ("XR", "NM", "Z")]


@pytest.fixture
def found(tmp_path):
    """The edit distances of five reads with these fields."""
    path = tmp_path / "tags.bam"
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr17", "LN": 83_257_441}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, tags in enumerate((BWA, MINIMAP2, PICARD, ARRAYS, NONE, [])):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.query_sequence = f"read{number}", "ACGTA" * 20
            read.reference_id, read.reference_start, read.mapping_quality = 0, 1_000 + number, 60
            read.cigarstring, read.flag = "100M", 0
            read.query_qualities = pysam.qualitystring_to_array("I" * 100)
            for name, value, kind in tags:
                if kind == "H":
                    read.set_tag(name, value, value_type="H")
                elif isinstance(value, list):
                    read.set_tag(name, array.array({"S": "H", "f": "f"}[kind], value))
                else:
                    read.set_tag(name, value, value_type=kind)
            out.write(read)
    pysam.index(str(path))
    with open_alignment(path, reference=None) as alignment:
        raw = cut_records(alignment, [("17", 0, 5_000)], reference=None)
    at = record_offsets(raw)
    return edit_distances(raw, at, fixed_fields(raw, at)).tolist()


def test_the_edit_distance_is_found_in_any_order_and_of_any_type(found):
    assert found == [2, 0, 300, 7, NO_TAG, NO_TAG]
