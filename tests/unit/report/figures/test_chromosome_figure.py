import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from refractor.copynumber.calls.amplification import CallSettings
from refractor.copynumber.calls.assessment import assess
from refractor.copynumber.calls.gene_copy_rows import tables_of_assessments
from refractor.copynumber.calls.gene_copy_rows import windows_of as window_records
from refractor.copynumber.fit.fit import fit_counts
from refractor.copynumber.segments import CopyNumberProfile
from refractor.genome.builds import CONTIG_LENGTHS, GenomeBuild
from refractor.genome.panel import load_panel
from refractor.reads.windows_to_read import load_sites
from refractor.report.figures.chromosome_profile import draw_chromosome, windows_of
from refractor.report.patient_results import PatientResults, rows_of
from refractor.results.copy_number_tables import WINDOWS, PurityPloidy, PurityStatus, Segment
from synthetic.window_counts import count_genome
from synthetic.window_genomes import Amplicon, Recipe, make_genome

BUILD = GenomeBuild.GRCH38
PANEL = load_panel(BUILD)
GENES = tuple(PANEL.genes.values())
ERBB2 = PANEL.genes["ERBB2"]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def fit():
    sites = load_sites(BUILD, count=6_000)
    rng = np.random.default_rng(4)
    amplicon = Amplicon(ERBB2.start - 200_000, ERBB2.end + 200_000, 6.0, (ERBB2.start, ERBB2.end))
    genome = make_genome(Recipe(purity=0.6, arm_events=12, amplicon=amplicon), sites, rng)
    return fit_counts(sites, *count_genome(genome, sites, rng), build=BUILD)


def drawn(profile, windows=None, *, sample="P01-T", synthetic=False):
    """The figure as text and tree, through the tables as the report reads them."""
    assessment = assess(profile, GENES, build=BUILD, settings=CallSettings())
    tables = tables_of_assessments(sample, [assessment]).by_table()
    rows = {table.name: rows_of(table.frame(found)) for table, found in tables}
    card = PatientResults(
        {"patient": sample, "sample": sample},
        purity=rows["purity_ploidy.tsv"][0],
        target=tuple(row for row in rows["gene_copy_number.tsv"] if row["gene"] == "ERBB2"),
        segments=rows["segments.tsv"],
        amplicons=rows["amplicons.tsv"],
    )
    frame = WINDOWS.frame(window_records(windows))
    figure = draw_chromosome(card, windows_of(frame), panel=PANEL)
    svg = figure.markup(synthetic=synthetic)
    return svg, ET.fromstring(svg)


def words_of(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def test_the_verdict_stands_in_words(fit):
    svg, root = drawn(fit.profile, fit.windows)
    words = words_of(root)
    assert words[0] == "Chromosome 17 · P01-T"
    assert re.fullmatch(
        r"ERBB2 amplified: \d+\.\d copies \(95 % range \d+\.\d-\d+\.\d\), \d\.\d times the ploidy; "
        r"P\(amplified\) > 0\.99",
        words[1],
    )
    assert words[2].startswith("focal amplicon 17:39,")
    assert "GRB7" in words[3]
    assert re.match(r"purity 0\.\d\d \(0\.\d\d-0\.\d\d\), ploidy \d\.\d\d", words[4])
    assert "SYNTHETIC" not in svg
    assert words[1] in root.find(f"{SVG}desc").text
    assert len(svg) < 200_000


def test_every_used_window_is_a_point_at_its_place(fit):
    _, root = drawn(fit.profile, fit.windows)
    marks = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke-linecap") == "round"]
    on_17 = fit.windows.sites.chromosome == "17"
    used = on_17 & (fit.windows.segment >= 0)
    over = used & (fit.windows.sites.end > ERBB2.start) & (fit.windows.sites.start < ERBB2.end)
    counts = [len(mark.split("h0")) - 1 for mark in marks]
    assert used.sum() > 100
    # upper panel: windows beside and over the gene, then SNPs; lower panel the same two again
    assert counts[0] + counts[1] == used.sum()
    assert abs(counts[1] - over.sum()) <= 2  # by the middle of the window
    assert counts[2] == np.isfinite(fit.windows.baf[on_17]).sum()
    first = (fit.windows.sites.start + fit.windows.sites.end)[used][0] / 2
    x = 70 + first / 83_257_441 * (1120 - 70 - 24)
    assert float(marks[0].split("M")[1].split(" ")[0]) == pytest.approx(x, abs=0.06)


def test_windows_lie_around_their_segments(fit):
    """The median window of the largest segment is drawn at the segment's line."""
    _, root = drawn(fit.profile, fit.windows)
    lines = [line for line in root.iter(f"{SVG}line") if line.get("stroke") == "#111827"]
    assert lines
    longest = max(lines[: len(lines) // 2], key=lambda line: float(line.get("x2")) - float(line.get("x1")))
    left, y, right = (float(longest.get(name)) for name in ("x1", "y1", "x2"))
    dots = next(p.get("d") for p in root.iter(f"{SVG}path") if p.get("stroke-linecap") == "round")
    places = np.array([[float(v) for v in dot.split(" ")] for dot in dots.replace("h0", "").split("M")[1:]])
    inside = places[(places[:, 0] > left) & (places[:, 0] < right)]
    assert len(inside) > 30
    assert np.median(inside[:, 1]) == pytest.approx(y, abs=4)


def test_synthetic_genomes_are_marked_and_names_escaped(fit):
    svg, root = drawn(fit.profile, fit.windows, synthetic=True, sample="A<b>&'c")
    assert "SYNTHETIC DATA" in words_of(root)
    assert words_of(root)[0] == "Chromosome 17 · A<b>&'c"
    assert "<b>" not in svg


def test_an_imported_profile_is_drawn_without_windows():
    others = [str(number) for number in range(1, 23) if number != 17]
    whole = [
        Segment(chromosome=name, start=0, end=CONTIG_LENGTHS[BUILD][name], copy_number=2.0 - (name == "18"),
                minor_copy_number=float(name != "18"), baf=0.5)
        for name in others
    ]  # fmt: skip
    segments = (
        *whole,
        Segment(chromosome="17", start=0, end=39_000_000, copy_number=2.0, minor_copy_number=1.0, baf=0.5),
        Segment(
            chromosome="17", start=39_000_000, end=41_000_000, copy_number=3.9, minor_copy_number=1.0, baf=0.7
        ),
        Segment(
            chromosome="17", start=41_000_000, end=83_000_000, copy_number=2.0, minor_copy_number=1.0, baf=0.5
        ),
    )
    values = PurityPloidy(purity=0.5, ploidy=2.1, status=PurityStatus.OK)
    profile = CopyNumberProfile("purple", BUILD, segments, purity_ploidy=values)
    _, root = drawn(profile)
    words = words_of(root)
    assert words[1].startswith("ERBB2 gained, not amplified: 3.9 copies")
    assert "no amplified stretch over the gene; the arm has 2.0 copies" in words
    assert not [word for word in words if "95 %" in word or "windows" in word]  # the file tells neither
    assert not [p for p in root.iter(f"{SVG}path") if p.get("stroke-linecap") == "round"]


def test_what_cannot_be_judged_says_so_and_why():
    profile = CopyNumberProfile("reads", BUILD, (), unusable="the tumour has reads at 3 of 100 windows")
    _, root = drawn(profile)
    words = words_of(root)
    assert words[1] == "ERBB2 cannot be judged"
    assert "the tumour has reads at 3 of 100 windows" in words
    assert float(root.get("viewBox").split()[3]) < 200
