"""One small table a program and version, synthetic, with the columns and names that version writes.

Each has a stretch of 17:39,700,001-39,900,000 with 17 copies, 1 of them of the lesser allele, or 3.1 above the genome's mean
on the log2 scale, as far as its columns can say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from refractor.copynumber.importers.known_formats import IMPORTERS
from refractor.copynumber.importers.read_profile import import_copy_number

PURPLE = (
    "chromosome start end copyNumber bafCount observedBAF {baf} segmentStartSupport segmentEndSupport method "
    "depthWindowCount gcContent minStart maxStart"
)
PURPLE_ROW = "17 39700001 39900000 17.0 12 0.95 0.94 BND INV BAF_WEIGHTED 190 0.45 39700001 39700001"
FACETS = "chrom seg num.mark nhet cnlr.median mafR segclust cnlr.median.clust mafR.clust start end cf.em tcn.em lcn.em"
HATCHET = "#CHR START END SAMPLE cn_normal u_normal cn_clone1 u_clone1"


@dataclass(frozen=True, slots=True)
class Written:
    """A reader, the name of the file, its header, its row of the stretch, and files beside it."""

    caller: str
    name: str
    header: str
    row: str
    copies: float | None = 17.0
    minor: float | None = 1.0
    log2_ratio: float | None = None
    beside: tuple[tuple[str, str, str], ...] = ()


GENUINE: dict[str, Written] = {
    "PURPLE 2.2, .purple.cnv": Written(
        "purple", "T1.purple.cnv", "#" + PURPLE.format(baf="actualBAF"), PURPLE_ROW, minor=None
    ),
    "PURPLE 2.34": Written(
        "purple", "T1.purple.cnv.somatic.tsv", f"{PURPLE.format(baf='baf')} minorAllelePloidy majorAllelePloidy", f"{PURPLE_ROW} 1.0 16.0",
    ),
    "PURPLE 3 and 4": Written(
        "purple", "T1.purple.cnv.somatic.tsv", f"{PURPLE.format(baf='baf')} minorAlleleCopyNumber majorAlleleCopyNumber", f"{PURPLE_ROW} 1.0 16.0",
    ),
    "CNVkit 0.9 segment": Written(
        "cnvkit", "T1.cns", "chromosome start end gene log2 depth probes weight", "chr17 39700000 39900000 ERBB2 3.1 400 190 100.2",
        None, None, 3.1,
    ),
    "CNVkit 0.9 call": Written(
        "cnvkit", "T1.call.cns", "chromosome start end gene log2 baf cn cn1 cn2 depth p_ttest probes weight",
        "chr17 39700000 39900000 ERBB2 3.1 0.94 17 16 1 400 1e-9 190 100.2", log2_ratio=3.1,
    ),
    "FACETS 0.6": Written("facets", "T1_cncf.txt", FACETS, "17 2 50 3 3.1 1.2 2 3.1 1 39700001 39900000 0.6 17 1", log2_ratio=3.1,
        beside=(("T1_purity_ploidy.txt", "purity ploidy", "0.6 2.1"),)),
    "facets-suite 2": Written(
        "facets", "T1_hisens.cncf.txt",
        "ID chrom loc.start loc.end seg num.mark nhet cnlr.median mafR segclust cnlr.median.clust mafR.clust cf tcn lcn cf.em tcn.em lcn.em",
        "T1 17 39700001 39900000 1 9 1 3.1 1 3 3.1 1 1 15 0 1 17 1", log2_ratio=3.1,
    ),
    "ASCAT 2": Written("ascat", "T1.segments.txt", "sample chr startpos endpos nMajor nMinor", "T1 17 39700001 39900000 16 1"),
    "ASCAT 3, segments_raw": Written(
        "ascat", "T1.segments_raw.txt", "sample chr startpos endpos nMajor nMinor nAraw nBraw", "T1 17 39700001 39900000 16 1 16.1 0.9",
        copies=17.0, minor=0.9,
    ),
    "Sequenza 2 and 3": Written(
        "sequenza", "T1_segments.txt",
        '"chromosome" "start.pos" "end.pos" "Bf" "N.BAF" "sd.BAF" "depth.ratio" "N.ratio" "sd.ratio" "CNt" "A" "B" "LPP"',
        '"17" 39700001 39900000 0.06 30 0.1 5.5 40 0.2 17 16 1 -9', log2_ratio=pytest.approx(2.459, abs=1e-3),  # type: ignore[arg-type]
    ),
    "PureCN 2, segments with copies": Written(
        "purecn", "T1_dnacopy.seg", "ID chrom loc.start loc.end num.mark seg.mean C", "T1 17 39700001 39900000 40 3.1 17",
        minor=None, log2_ratio=3.1,
    ),
    "GATK 4, called.seg": Written(
        "gatk", "T1.called.seg", "CONTIG START END NUM_POINTS_COPY_RATIO MEAN_LOG2_COPY_RATIO CALL", "chr17 39700001 39900000 30 3.1 +",
        None, None, 3.1,
    ),
    "GATK 4, igv.seg": Written(
        "gdc", "T1.called.igv.seg", "Sample Chromosome Start End Num_Probes Call Segment_Mean", "T1 chr17 39700001 39900000 30 + 3.1",
        None, None, 3.1,
    ),
    "GDC": Written(
        "gdc", "a.wgs.ASCAT.copy_number_variation.seg.txt", "GDC_Aliquot Chromosome Start End Copy_Number Major_Copy_Number Minor_Copy_Number",
        "a1 chr17 39700001 39900000 17 16 1",
    ),
    "PCGR": Written("allelic_segments", "T1.cna.tsv", "Chromosome Start End nMajor nMinor", "17 39700001 39900000 16 1"),
    "DNAcopy": Written(
        "seg", "T1.seg", "ID chrom loc.start loc.end num.mark seg.mean", "T1 17 39700001 39900000 30 3.1", None, None, 3.1
    ),
    "Battenberg 2, subclones": Written(
        "battenberg", "T1_subclones.txt",
        "chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A SDfrac_A nMaj1_B nMin1_B frac1_B",
        "17 39700001 39900000 0.94 1 3.1 17 16 1 1 NA NA NA NA NA NA NA", log2_ratio=3.1,
    ),
    "Battenberg 3, copynumber": Written(
        "battenberg", "T1_copynumber.txt", "chr startpos endpos BAF pval LogR ntot nMaj1_A nMin1_A frac1_A nMaj2_A nMin2_A frac2_A",
        "chr17 39700001 39900000 0.94 1 3.1 17 16 1 1 NA NA NA", log2_ratio=3.1,
    ),
    "TitanCNA 1": Written(
        "titan", "T1.segs.txt",
        "Sample Chromosome Start_Position(bp) End_Position(bp) Length(bp) Median_logR TITAN_state TITAN_call Copy_Number MinorCN MajorCN Corrected_Copy_Number",
        "T1 17 39700001 39900000 200000 3.1 20 HLAMP 8 1 7 17",  log2_ratio=3.1,
    ),
    "ABSOLUTE 1": Written(
        "absolute", "T1.segtab.txt", "sample Chromosome Start.bp End.bp n_probes length modal_total_cn rescaled_total_cn rescaled.cn.a1",
        "T1 17 39700001 39900000 30 200000 17 17.0 1.0",
    ),
    "Sclust 1": Written(
        "sclust", "T1_allelic_states.txt", "Sample Chromosome Start End Copy_Nr_Raw CopyNr A B LOH Theta Theta_Exp n_SNPs",
        "T1 chr17 39700001 39900000 17.0 17 16 1 0 0.9 0.9 40",
    ),
    "HATCHet 1 and 2": Written("hatchet", "best.seg.ucn", HATCHET, "chr17 39700000 39900000 T1 1|1 0.4 16|1 0.6"),
    "Wakhan 0.1": Written(
        "wakhan", "T1_2.1_0.6_0.9_HP_1.bed", "#chr start end coverage copynumber_state confidence svs_breakpoints_ids",
        "17 39700000 39900000 200 16 1 []",
        beside=(("T1_2.1_0.6_0.9_HP_2.bed", "#chr start end coverage copynumber_state confidence svs_breakpoints_ids", "17 39700000 39900000 20 1 1 []"),),
    ),
    "Wakhan 0.5": Written(
        "wakhan", "T1_copynumbers_segments.bed", "#chr start end hp1_copynumber_state hp2_copynumber_state", "chr17 39700000 39900000 16 1"
    ),
    "Control-FREEC 11": Written(
        "control_freec", "T1_CNVs.p.value.txt", "chr start end copy_number status", "17 39700001 39900000 17 gain", minor=None
    ),
    "ichorCNA 0.2 to 0.5": Written(
        "ichorcna", "T1.seg.txt",
        "ID chrom start end num.mark seg.median.logR copy.number call subclone.status logR_Copy_Number Corrected_Copy_Number Corrected_Call",
        "T1 17 39700001 39900000 9 3.1 5 HLAMP FALSE 17.1 17 HLAMP", minor=None, log2_ratio=3.1,
    ),
    "QDNAseq 1": Written(
        "qdnaseq", "T1.seg", "SAMPLE_NAME CHROMOSOME START STOP DATAPOINTS LOG2_RATIO_MEAN", "T1 17 39700001 39900000 30 3.1", None, None, 3.1
    ),
    "DRAGEN 3 and 4": Written(
        "dragen", "T1.seg.called", "Sample Chromosome Start End Num_Probes Segment_Mean Segment_Call Qual Filter Copy_Number Ploidy",
        "T1 chr17 39700001 39900000 30 8.574 + 90 PASS 17 2", None, None, pytest.approx(3.1, abs=1e-3),  # type: ignore[arg-type]
    ),
    "a plain table": Written("total_copies", "T1.tsv", "chromosome start end total_cn minor_cn", "17 39700001 39900000 17 1"),
}  # fmt: skip
GENES = {"gene_calls"}
"""Readers of tables of genes, tested by themselves (test_tables_of_genes.py)."""


def put(path: Path, *rows: str) -> Path:
    path.write_text("\n".join("\t".join(cells_of(row)) for row in rows) + "\n", encoding="utf-8")
    return path


def cells_of(row: str) -> list[str]:
    return [
        cell.replace("copy_number", "copy number") if row.startswith("chr start end copy_") else cell
        for cell in row.split()
    ]


@pytest.mark.parametrize("version", GENUINE)
def test_each_version_is_told_by_its_columns_and_read(tmp_path: Path, version: str) -> None:
    one = GENUINE[version]
    for name, header, row in one.beside:
        put(tmp_path / name, header, row)
    flat = one.row.replace("8.574 +", "1.0 0") if one.caller == "dragen" else None
    rows = [one.row] if flat is None else [flat.replace("39700001 39900000", "1 39700000"), one.row]
    found = import_copy_number(put(tmp_path / one.name, one.header, *rows), sample="T1")
    assert found.source == one.caller
    segment = found.segments[-1]
    assert (segment.chromosome, segment.start, segment.end) == ("17", 39_700_000, 39_900_000)
    assert segment.copy_number == (None if one.copies is None else pytest.approx(one.copies))
    assert segment.minor_copy_number == (None if one.minor is None else pytest.approx(one.minor))
    assert segment.log2_ratio == one.log2_ratio


def test_every_reader_has_a_file() -> None:
    assert {one.caller for one in GENUINE.values()} | GENES == set(IMPORTERS)
