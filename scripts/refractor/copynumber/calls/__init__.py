"""From copies along the genome to genes: amplification, its definitions side by side, amplicons."""
