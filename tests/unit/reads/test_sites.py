import numpy as np
import pytest

from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.index_scan import Peak
from refractor.reads.slices_to_read import LONGEST_WINDOW, SLICES_READ, sites_of_slices
from refractor.reads.windows_between import with_windows_between
from refractor.reads.windows_to_read import (
    NO_SNP,
    further_sites,
    joined,
    load_sites,
    with_peaks,
)


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_windows_are_sorted_apart_and_hold_their_snps(build):
    sites = load_sites(build)
    assert len(sites) > 24_000
    same = sites.chromosome[1:] == sites.chromosome[:-1]
    assert (sites.start[1:][same] >= sites.end[:-1][same]).all()
    order = [name for name in CONTIG_LENGTHS[build] if name != "MT"]
    assert list(dict.fromkeys(sites.chromosome.tolist())) == order
    assert (sites.end - sites.start == 1_000).all()
    with_snp = sites.snp != NO_SNP
    assert with_snp.mean() > 0.85
    assert ((sites.snp >= sites.start) & (sites.snp < sites.end))[with_snp].all()
    assert set(sites.ref[with_snp]) == set(sites.alt[with_snp]) == set("ACGT")
    assert (sites.ref != sites.alt)[with_snp].all()
    lengths = np.array([CONTIG_LENGTHS[build][name] for name in sites.chromosome.tolist()])
    assert (sites.end <= lengths).all()
    assert sorted(sites.rank) == list(range(len(sites)))


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_reading_starts_near_the_window(build):
    """A fetch reads from the start of its 16,384-bp index bin: backbone windows lie in the bin's first third."""
    sites = load_sites(build)
    backbone = sites.subset(sites.kind == "backbone")
    offset = backbone.start % 16_384
    assert (offset <= 8_000).all()
    assert offset.mean() < 800


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_erbb2_is_seen_exon_by_exon(build):
    sites = load_sites(build)
    gene = load_panel(build).genes["ERBB2"]
    over = (sites.chromosome == "17") & (sites.end > gene.start) & (sites.start < gene.end)
    assert over.sum() >= (gene.end - gene.start) // 1_000
    for start, end in gene.exons:
        middle = (start + end) // 2
        nearest = np.abs((sites.start + sites.end)[over] / 2 - middle).min()
        assert nearest <= 500


@pytest.mark.parametrize("build", list(GenomeBuild))
@pytest.mark.parametrize("count", [1_500, 3_000, 12_000])
def test_the_first_windows_by_rank_are_evenly_spread_and_hold_every_gene(build, count):
    sites = load_sites(build, count=count)
    assert len(sites) == count
    for gene in load_panel(build).genes.values():
        near = (sites.chromosome == gene.chromosome) & (sites.end > gene.start - 5_000)
        near &= sites.start < gene.end + 5_000
        assert near.sum() >= 3, gene.symbol
    backbone = sites.subset((sites.kind == "backbone") & (sites.chromosome == "2"))
    gaps = np.diff(backbone.start)
    assert np.quantile(gaps, 0.95) < 2.2 * np.median(gaps)


def test_builds_share_enough_snps_to_compare_genomes():
    shared = set(load_sites(GenomeBuild.GRCH37).rsid) & set(load_sites(GenomeBuild.GRCH38).rsid) - {""}
    assert len(shared) > 3_000


def test_peaks_get_windows_of_their_own_where_the_genome_is_mappable():
    sites = load_sites(GenomeBuild.GRCH38, count=3_000)
    at = int(np.flatnonzero(sites.chromosome == "5")[20])
    start = int(sites.start[at]) // 16_384 * 16_384
    found = with_peaks(
        sites,
        [Peak("5", start + 16_384, start + 5 * 16_384, 8.0), Peak("1", 123_000_000, 123_200_000, 50.0)],
    )
    extra = found.subset(found.kind == "peak")
    # stretches 1-4 of the peak, two to its left (0 is taken by the window itself, -1 is not), two to its right
    assert [(s - start) // 16_384 for s in extra.start.tolist()] == [-1, 1, 2, 3, 4, 5, 6]
    assert set(extra.chromosome) == {"5"}  # around the centromere of 1 no window lies: nothing to learn there
    assert len(found) == 3_007
    same = found.chromosome[1:] == found.chromosome[:-1]
    assert (found.start[1:][same] > found.start[:-1][same]).all()


def test_no_peaks_leave_the_sites_as_they_are():
    sites = load_sites(GenomeBuild.GRCH38, count=1_500)
    assert with_peaks(sites, []) is sites


def slices_of(every: int, reach: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Slices from end to end of each chromosome; the reads of each reach into the next one."""
    found = {}
    for name, length in CONTIG_LENGTHS[GenomeBuild.GRCH38].items():
        starts = np.arange(0, length, every)
        found[name] = (starts, starts + every + reach)
    return found


def test_a_cram_is_read_at_fewer_places_each_as_wide_as_its_slice() -> None:
    sites = load_sites(GenomeBuild.GRCH38)
    read = sites_of_slices(sites, slices_of(25_000, 150))
    spread = np.isin(read.kind, ("backbone", "chr17"))
    assert spread.sum() == SLICES_READ
    assert (~spread).sum() == (~np.isin(sites.kind, ("backbone", "chr17"))).sum()
    assert (read.end - read.start == 1_000)[~spread].all()
    assert np.median(read.kilobases[spread]) > 24
    assert read.kilobases[spread].sum() > 0.9 * 25 * SLICES_READ


def test_no_slice_is_decoded_for_a_few_of_its_reads() -> None:
    """A wide window lies where its own slice alone has reads, and holds its SNP with the reads over it."""
    every, reach = 25_000, 150
    read = sites_of_slices(load_sites(GenomeBuild.GRCH38), slices_of(every, reach))
    wide = read.subset(read.kilobases > 1)
    assert len(wide) > 4_000
    assert (wide.start // every == (wide.end - 1) // every).all()
    assert (wide.start % every >= reach).all()
    assert ((wide.start <= wide.snp - 200) & (wide.snp < wide.end))[wide.snp != NO_SNP].all()
    same = read.chromosome[1:] == read.chromosome[:-1]
    assert (read.start[1:][same] >= read.end[:-1][same]).all()


def test_windows_of_a_peak_stand_apart_from_wide_ones() -> None:
    """A read counts for one window alone: a short one inside a wide one would seem empty."""
    sites = with_peaks(load_sites(GenomeBuild.GRCH38), [Peak("8", 127_000_000, 128_500_000, 5.0)])
    assert (sites.kind == "peak").sum() > 50
    read = sites_of_slices(sites, slices_of(25_000, 150))
    same = read.chromosome[1:] == read.chromosome[:-1]
    assert (read.start[1:][same] >= read.end[:-1][same]).all()


def test_a_slice_over_a_gap_of_the_reference_makes_no_endless_window() -> None:
    read = sites_of_slices(load_sites(GenomeBuild.GRCH38), slices_of(400_000, 150))
    assert (read.end - read.start).max() == LONGEST_WINDOW


def test_a_cram_cut_to_the_windows_is_read_at_all_of_them() -> None:
    """Its slices hold the reads of many windows, with nothing between: wide windows would seem empty."""
    sites = load_sites(GenomeBuild.GRCH38)
    assert sites_of_slices(sites, slices_of(2_500_000, 150)) is sites


def test_windows_of_an_empty_cram_are_left_as_they_are() -> None:
    sites = load_sites(GenomeBuild.GRCH38, count=6_000)
    read = sites_of_slices(sites, {})
    assert (read.end - read.start == 1_000).all()


def test_what_was_not_read_is_read_at_a_second_look() -> None:
    every = load_sites(GenomeBuild.GRCH38)
    first = load_sites(GenomeBuild.GRCH38, count=5_000)
    further = further_sites(every, first)
    assert len(further) == len(every) - 5_000
    both, order = joined(first, further)
    assert both.start.tolist() == every.start.tolist()
    assert both.rank.tolist() == np.concatenate([first.rank, further.rank])[order].tolist()
    assert len(further_sites(every, both)) == 0


def test_further_places_of_a_cram_touch_none_that_was_read() -> None:
    every, slices = load_sites(GenomeBuild.GRCH38), slices_of(25_000, 150)
    first = sites_of_slices(every, slices)
    further = further_sites(sites_of_slices(every, slices, places=None), first)
    assert 15_000 < len(further) < len(every) - len(first)
    both, _ = joined(first, further)
    same = both.chromosome[1:] == both.chromosome[:-1]
    assert (both.start[1:][same] >= both.end[:-1][same]).all()


def test_windows_of_depth_alone_lie_between_the_shipped_ones() -> None:
    shipped = load_sites(GenomeBuild.GRCH38)
    every = with_windows_between(GenomeBuild.GRCH38)
    added = further_sites(every, shipped)
    assert len(added) == len(every) - len(shipped) > 10_000
    assert (added.snp == NO_SNP).all()
    assert added.rank.min() > shipped.rank.max()
    assert not np.isin(added.chromosome, ("X", "Y")).any()
    assert (added.mappability >= 0.85).all()
    for name in ("1", "17", "21"):
        near = np.abs(
            added.start[added.chromosome == name][:, None]
            - shipped.start[shipped.chromosome == name][None, :]
        ).min(axis=1)
        assert (near.min(), near.max()) >= (30_000, 30_000)
        assert near.max() <= 500_000
