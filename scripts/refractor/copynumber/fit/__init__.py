"""From depth and allele balance of sampled windows to purity, ploidy and copies along the genome."""
