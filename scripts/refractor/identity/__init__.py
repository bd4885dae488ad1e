"""Whose genome a sample is: allele counts at common SNPs, compared within a tumour and between patients."""
