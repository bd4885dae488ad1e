"""Copy number: from depth and allele balance, or imported, to genes, amplification and amplicons."""
