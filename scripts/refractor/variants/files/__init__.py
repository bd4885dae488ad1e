"""The only modules that open VCF and MAF."""
