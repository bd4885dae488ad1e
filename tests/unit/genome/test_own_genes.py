"""The user's own genes: the table checked, and in force beside and in place of the shipped panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from refractor.errors import ConfigError
from refractor.files.resources import RESOURCES
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.own_genes import COLUMNS, own_genes_in_words, read_own_genes, use_panel
from refractor.genome.panel import load_panel

FURTHER = RESOURCES / "panel" / "further_genes.tsv"
Row = dict[str, str]


@pytest.fixture(autouse=True)
def _shipped_panel_again() -> Iterator[None]:
    yield
    use_panel(None)


def rows_of(*symbols: str) -> list[Row]:
    lines = [line.split("\t") for line in FURTHER.read_text(encoding="utf-8").splitlines()]
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines if line[0] in symbols]


def written(folder: Path, rows: list[Row], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "own_genes.tsv"
    lines = ["\t".join(columns), *("\t".join(row[name] for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def shipped_as_own(symbol: str, **changed: str) -> list[Row]:
    """A shipped gene as rows of an own table."""
    rows = []
    for build in GenomeBuild:
        gene = load_panel(build).genes[symbol]
        rows.append(
            {name: str(getattr(gene, name, "")) for name in COLUMNS}
            | {
                "why": "ours",
                "genome_build": str(build),
                "cds_start": str(gene.cds[0][0]),
                "cds_end": str(gene.cds[-1][1]),
                "exon_starts": ",".join(str(start) for start, _ in gene.exons),
                "exon_ends": ",".join(str(end) for _, end in gene.exons),
            }
            | changed
        )
    return rows


def test_the_shipped_table_of_further_genes_holds():
    genes = read_own_genes(FURTHER)
    assert {build: len(found) for build, found in genes.items()} == dict.fromkeys(GenomeBuild, 76)
    by_symbol = {gene.symbol: gene for gene in genes[GenomeBuild.GRCH38]}
    # UniProt P04629-1, P51587, Q9UM73 and P46527 is not among them
    assert [by_symbol[name].protein_length for name in ("NTRK1", "BRCA2", "ALK")] == [796, 3418, 1620]
    assert not by_symbol.keys() & load_panel(GenomeBuild.GRCH38).genes.keys()


def test_own_genes_stand_beside_the_shipped_ones(tmp_path: Path):
    before = load_panel(GenomeBuild.GRCH37)
    assert "NTRK1" in before.fusion_genes
    use_panel(written(tmp_path, rows_of("NTRK1", "BRCA2")))
    for build in GenomeBuild:
        assert list(load_panel(build).genes)[-2:] == ["NTRK1", "BRCA2"]
        assert load_panel(build).rearranged_genes == (*before.rearranged_genes, "BRCA2")
        # now a gene of the panel, it is searched as a whole
        assert "NTRK1" not in {*load_panel(build).fusion_genes, *load_panel(build).break_codons}
        assert load_panel(build).gene_called("ntrk1") is load_panel(build).genes["NTRK1"]
    assert own_genes_in_words() == "NTRK1, BRCA2; in place of shipped ones: none"
    use_panel(None)
    assert load_panel(GenomeBuild.GRCH37) == before
    assert own_genes_in_words() == ""


def test_a_row_stands_in_place_of_a_shipped_gene(tmp_path: Path):
    order = list(load_panel(GenomeBuild.GRCH38).genes)
    use_panel(written(tmp_path, shipped_as_own("KIT", role="tumor_suppressor")))
    panel = load_panel(GenomeBuild.GRCH38)
    assert panel.genes["KIT"].role == "tumor_suppressor"
    assert list(panel.genes) == order
    assert own_genes_in_words() == "KIT; in place of shipped ones: KIT"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"role": "oncogen"}, "own_genes.tsv:2 role: 'oncogen' is no role; did you mean oncogene?"),
        (
            {"role": "kinase"},
            "own_genes.tsv:2 role: 'kinase' is no role; allowed: oncogene, tumor_suppressor",
        ),
        ({"symbol": "ntrk1"}, "own_genes.tsv:2 symbol: 'ntrk1' is no gene symbol; as HGNC writes it"),
        ({"symbol": "HER2"}, "own_genes.tsv:2 symbol: 'HER2' is the panel's ERBB2; did you mean ERBB2?"),
        ({"symbol": ""}, "own_genes.tsv:2 symbol: is empty; fill the cell"),
        ({"genome_build": "GRCh36"}, "own_genes.tsv:2 genome_build: 'GRCh36' is no build; GRCh37, GRCh38"),
        ({"entrez_id": "NM_1"}, "own_genes.tsv:2 entrez_id: 'NM_1' is no number"),
        ({"chromosome": "chr25"}, "own_genes.tsv:2 chromosome: 'chr25' is no chromosome; 1 to 22, X or Y"),
        ({"strand": "plus"}, "own_genes.tsv:2 strand: 'plus' is no strand; + or -"),
        ({"cds_start": "start"}, "own_genes.tsv:2 cds_start: 'start' is no position; 0-based positions"),
        ({"cds_start": "1"}, "own_genes.tsv:2 cds_start: the coding part does not begin and end in exons"),
        ({"exon_ends": "9,8"}, "own_genes.tsv:2 exon_ends: has 2 exons where exon_starts has 17"),
        (
            {"exon_starts": "9,8", "exon_ends": "10,11"},
            "own_genes.tsv:2 exon_starts: the exons do not ascend",
        ),
        ({"exon_starts": "10", "exon_ends": "9"}, "own_genes.tsv:2 exon_starts: the exons do not ascend"),
        (
            {"exon_starts": "100", "exon_ends": "200", "cds_start": "110", "cds_end": "121"},
            "own_genes.tsv:2 cds_end: 11 coding bases are no whole codons",
        ),
        ({"genome_build": "hg38"}, "own_genes.tsv:3 symbol: NTRK1 on GRCh38 stands in line 2 too"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(tmp_path: Path, changed: Row, told: str):
    first, *others = rows_of("NTRK1")
    assert first["genome_build"] == "GRCh37"
    with pytest.raises(ConfigError) as raised:
        read_own_genes(written(tmp_path, [first | changed, *others]))
    assert any(told in str(problem) for problem in raised.value.problems), str(raised.value)


def test_positions_beyond_the_chromosome_are_of_another_build(tmp_path: Path):
    first, second = rows_of("NTRK1")
    with pytest.raises(ConfigError, match=r"own_genes.tsv:2 exon_ends: 1\d+ lies beyond the chromosome's"):
        read_own_genes(written(tmp_path, [first | {"chromosome": "21"}, second]))
    assert int(first["cds_end"]) > CONTIG_LENGTHS[GenomeBuild.GRCH37]["21"]


def test_a_gene_of_one_build_or_of_two_proteins_is_refused(tmp_path: Path):
    first = rows_of("NTRK1")[0]
    with pytest.raises(ConfigError, match=r"own_genes.tsv:2 genome_build: NTRK1 has no row on GRCh38"):
        read_own_genes(written(tmp_path, [first]))
    other = rows_of("ALK")[1] | {"symbol": "NTRK1"}
    with pytest.raises(ConfigError, match="NTRK1 has 796 codons on GRCh37, 1620 on GRCh38"):
        read_own_genes(written(tmp_path, [first, other]))


def test_a_shipped_gene_keeps_its_coding_exons(tmp_path: Path):
    rows = shipped_as_own("KRAS")
    exons = rows[0]["exon_starts"].split(",")
    shorter = ",".join(exons[1:])
    ends = ",".join(rows[0]["exon_ends"].split(",")[1:])
    cut = rows[0] | {"exon_starts": shorter, "exon_ends": ends, "cds_start": exons[1]}
    with pytest.raises(
        ConfigError, match=r"own_genes.tsv:2 (exon_starts: KRAS has other coding exons|cds_end)"
    ):
        read_own_genes(written(tmp_path, [cut, rows[1]]))


def test_the_columns_are_told(tmp_path: Path):
    path = written(tmp_path, rows_of("NTRK1"), tuple(name for name in COLUMNS if name != "strand"))
    path.write_text(path.read_text().replace("symbol", "symbl", 1))
    with pytest.raises(ConfigError) as raised:
        read_own_genes(path)
    told = [str(problem) for problem in raised.value.problems]
    assert "own_genes.tsv:1: has an unknown column 'symbl'; did you mean symbol?" in told[0]
    assert "own_genes.tsv:1: lacks the columns symbol, strand" in told[1]


def test_a_table_without_a_gene_says_so(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"own_genes.tsv:1: has no gene"):
        read_own_genes(written(tmp_path, []))
