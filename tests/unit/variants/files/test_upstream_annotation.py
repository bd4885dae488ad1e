"""Effects that a file's own annotator states: taken where the shipped reference has no sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refractor.genome.builds import GenomeBuild
from refractor.genome.panel import load_panel
from refractor.genome.protein_change import codons_named
from refractor.genome.reference import Reference
from refractor.variants.consequences import Consequence, annotate_observations
from refractor.variants.files.opened import open_variants
from refractor.variants.files.small_variants import read_small_variants
from refractor.variants.observation import StatedEffect

PANEL = load_panel(GenomeBuild.GRCH38)
RASA1 = PANEL.genes["RASA1"]  # no base of it is shipped
BRAF = PANEL.genes["BRAF"]
VEP = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. '
    'Format: Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|HGVSc|HGVSp">'
)
SNPEFF = (
    "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | Annotation | "
    "Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | Rank | HGVS.c | "
    "HGVS.p | cDNA.pos / cDNA.length' \">"
)
PAVE = (
    '##INFO=<ID=PAVE_TI,Number=.,Type=String,Description="Transcript impact '
    '[Gene|GeneName|Transcript|Effects|SpliceRegion|HGVS.c|HGVS.p]">'
)

Effect = Callable[..., tuple[StatedEffect | None, Consequence | None]]


@pytest.fixture(scope="module")
def reference() -> Iterator[Reference]:
    with Reference(None, GenomeBuild.GRCH38) as opened:
        yield opened


@pytest.fixture
def effect(tmp_path: Path, reference: Reference) -> Effect:
    def read(
        header: str, info: str, *, chromosome: str, position: int, ref: str, alt: str
    ) -> tuple[StatedEffect | None, Consequence | None]:
        lines = [
            "##fileformat=VCFv4.2",
            header,
            '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1",
            f"{chromosome}\t{position + 1}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\tAD\t75,25"
            + ",5" * alt.count(","),
        ]
        path = tmp_path / "calls.vcf"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        result = read_small_variants(open_variants(path), sample="P1", panel=PANEL, reference=reference)
        named = annotate_observations(result.observations, panel=PANEL, reference=reference)
        return result.observations[-1].stated, named[-1]

    return read


PLACE = RASA1.codon_positions(500)[0]
TRANSCRIPT = RASA1.ensembl_transcript
AT = {"chromosome": RASA1.chromosome, "position": PLACE, "ref": "C", "alt": "T"}


def test_vep_names_a_gene_without_sequence(effect: Effect) -> None:
    other = "T|missense_variant|MODERATE|RASA1|ENSG1|Transcript|ENST99999999.1|ENST99999999.1:c.7C>T|ENSP9.1:p.Arg3Trp"
    ours = f"T|stop_gained&splice_region_variant|HIGH|RASA1|ENSG1|Transcript|{TRANSCRIPT}|{TRANSCRIPT}:c.1498C>T|ENSP1.1:p.Arg500Ter"
    stated, named = effect(VEP, f"CSQ={other},{ours}", **AT)
    assert stated == StatedEffect(
        "RASA1", "c.1498C>T", "R500*", ("stop_gained", "splice_region_variant"), "VEP"
    )
    assert named is not None
    assert (named.hgvs_p, named.protein_change, named.consequence) == ("p.Arg500Ter", "R500*", "stop_gained")
    assert (named.first_codon, named.last_codon, named.hgvs_c) == (500, 500, "c.1498C>T")
    assert named.note == "the sequence of RASA1 is not known here: named by VEP in the file"


def test_entries_on_other_transcripts_are_not_used(effect: Effect) -> None:
    info = "CSQ=T|missense_variant|MODERATE|RASA1|ENSG1|Transcript|ENST99999999.1|x:c.7C>T|y:p.Arg3Trp"
    stated, named = effect(VEP, info, **AT)
    assert stated is None
    assert named is not None
    assert named.protein_change == ""
    assert named.note.endswith("no protein change")


def test_snpeff_on_a_refseq_transcript(effect: Effect) -> None:
    info = f"ANN=T|missense_variant|MODERATE|RASA1|RASA1|transcript|{RASA1.transcript}|protein_coding|11/25|c.1498C>T|p.Arg500Trp|1/2"
    stated, named = effect(SNPEFF, info, **AT)
    assert stated is not None
    assert (stated.annotator, stated.protein_change) == ("snpEff", "R500W")
    assert named is not None
    assert (named.consequence, named.protein_change) == ("missense_variant", "R500W")


def test_pave_names_a_frameshift_with_its_codon(effect: Effect) -> None:
    info = f"PAVE_TI=ENSG1|RASA1|{TRANSCRIPT.split('.')[0]}|frameshift_variant|false|c.1498delC|p.Arg500fs"
    stated, named = effect(PAVE, info, **{**AT, "ref": "CA", "alt": "C"})
    assert stated is not None
    assert stated.annotator == "PAVE"
    assert named is not None
    assert (named.consequence, named.protein_change, named.first_codon) == (
        "frameshift_variant",
        "R500fs",
        500,
    )
    assert named.hgvs_c == "c.1498delC"


def test_the_entry_of_the_right_allele_is_taken(effect: Effect) -> None:
    entries = [
        f"{allele}|missense_variant|MODERATE|RASA1|G|Transcript|{TRANSCRIPT}|{TRANSCRIPT}:c.1498C>{allele}|P:p.Arg500{residue}"
        for allele, residue in (("T", "Trp"), ("G", "Gly"))
    ]
    for order in (entries, entries[::-1]):
        stated, _ = effect(VEP, "CSQ=" + ",".join(order), **{**AT, "alt": "G,T"})  # the last observation is T
        assert stated is not None
        assert (stated.hgvs_c, stated.protein_change) == ("c.1498C>T", "R500W")


def test_where_the_sequence_is_known_a_disagreement_is_noted(effect: Effect) -> None:
    info = f"CSQ=T|missense_variant|MODERATE|BRAF|G|Transcript|{BRAF.ensembl_transcript}|x:c.1799T>A|P:p.Val640Glu"
    at = {"chromosome": "7", "position": 140_753_335, "ref": "A", "alt": "T"}
    _, named = effect(VEP, info, **at)
    assert named is not None
    assert (named.protein_change, named.note) == ("V600E", "VEP in the file calls it V640E")
    _, agreed = effect(VEP, info.replace("640", "600"), **at)
    assert agreed is not None
    assert agreed.note == ""


@pytest.mark.parametrize(
    ("short", "codons"),
    [
        ("G12D", (12, 12)),
        ("K267Rfs*9", (267, 267)),
        ("Y772_A775dup", (772, 775)),
        ("A775_G776insYVMA", (775, 776)),
        ("G776delinsVC", (776, 776)),
        ("*394Rext*12", (394, 394)),
        ("M1?", (1, 1)),
        ("", None),
    ],
)
def test_codons_that_a_change_names(short: str, codons: tuple[int, int] | None) -> None:
    assert codons_named(short) == codons
