"""The only modules that open BAM and CRAM."""
