from __future__ import annotations

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.reference import Reference
from refractor.genome.variant import Variant
from refractor.variants.calling.known_polymorphisms import load_polymorphisms


def test_places_of_known_polymorphisms():
    grch37, grch38 = (load_polymorphisms(build) for build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38))
    assert len(grch37) == len(grch38) >= 40
    assert grch37[Variant("17", 37879587, "A", "G")] == "rs1136201"  # ERBB2 I655V
    assert grch37[Variant("11", 534241, "A", "G")] == "rs12628"  # HRAS H27=, on the minus strand
    assert set(grch37.values()) == set(grch38.values())


@pytest.mark.parametrize("build", list(GenomeBuild))
def test_reference_bases_agree_where_they_are_known(build):
    with Reference(None, build) as reference:
        bases = {v: reference.fetch(v.chromosome, v.position, v.end) for v in load_polymorphisms(build)}
    assert sum(base != "N" for base in bases.values()) >= 30
    assert [v for v, base in bases.items() if base not in ("N", v.ref)] == []
