"""The genetic code and the amino acids in one and three letters: the one place where they stand."""

from __future__ import annotations

from itertools import product

STOP = "*"
UNKNOWN = "X"
CODON_TABLE = dict(
    zip(
        map("".join, product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)
"""The standard genetic code (NCBI table 1), coding-strand codons in the order T, C, A, G."""
THREE_LETTERS = {
    "A": "Ala", "C": "Cys", "D": "Asp", "E": "Glu", "F": "Phe", "G": "Gly", "H": "His", "I": "Ile",
    "K": "Lys", "L": "Leu", "M": "Met", "N": "Asn", "P": "Pro", "Q": "Gln", "R": "Arg", "S": "Ser",
    "T": "Thr", "U": "Sec", "V": "Val", "W": "Trp", "Y": "Tyr", STOP: "Ter", UNKNOWN: "Xaa",
}  # fmt: skip
"""Three-letter names by one-letter code (IUPAC), selenocysteine, stop and unknown residue included."""
ONE_LETTER = {three: one for one, three in THREE_LETTERS.items()}
RESIDUES = "".join(one for one in THREE_LETTERS if one not in (STOP, UNKNOWN))
"""One-letter codes of the residues that a protein can hold."""


def translate(bases: str) -> str:
    """Residues of whole codons, stops as `*`, a codon with an unknown base as X; a last partial codon is left out."""
    return "".join(CODON_TABLE.get(bases[i : i + 3], UNKNOWN) for i in range(0, len(bases) - 2, 3))
