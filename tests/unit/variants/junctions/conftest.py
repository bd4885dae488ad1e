"""A simulated tumour-normal pair over ERBB2 and the borders of its amplicon."""

from __future__ import annotations

from pathlib import Path

import pytest
from junction_reads import AMPLICON, BUILD, INHERITED, PURITY, exon_deletion, places

from synthetic.events import tandem_junction
from synthetic.genomes import Coverage, Seeds, normal_truth, prepare_ground, simulate_sample
from synthetic.sequencing import ReadModel
from synthetic.territory import Region
from synthetic.truth import TumorTruth

MODEL = ReadModel(chimera_fraction=0.01)


@pytest.fixture(scope="session")
def pair(tmp_path_factory) -> tuple[Path, Path]:
    """60x at purity 0.6 with 11 + 1 copies in tandem, an exon deletion on 8 of them, an inherited deletion; a 40x normal."""
    folder = tmp_path_factory.mktemp("junctions")
    truth = TumorTruth(
        sample="T", build=BUILD, purity=PURITY, amplicons=(AMPLICON,),
        rearrangements=(tandem_junction(AMPLICON), exon_deletion(8), INHERITED),
    )  # fmt: skip
    around = tuple(Region(*place.interval) for place in places())
    ground = prepare_ground(BUILD, Coverage(panel=False, erbb2_locus=False, around=around))
    seeds = Seeds(person=1, sequencing=2)
    for name, sample, depth in (("t", truth, 60), ("n", normal_truth(truth), 40)):
        simulate_sample(ground, sample, path=folder / f"{name}.bam", depth=depth, seeds=seeds, model=MODEL)
    return folder / "t.bam", folder / "n.bam"
