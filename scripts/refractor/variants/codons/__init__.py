"""Each decisive codon: mutated, wild type or not assessable, with the power behind it."""
