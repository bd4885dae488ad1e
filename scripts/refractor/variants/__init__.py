"""Small variants: the only modules that open VCF and MAF; calling, consequences, codon status."""
