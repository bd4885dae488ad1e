"""Synthetic genomes with a declared truth: what to simulate, how reads arise from it, and BAM writing."""
