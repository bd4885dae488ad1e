"""Exact tests, proportions, survival, two-stage designs: plain statistics that know no trial."""
