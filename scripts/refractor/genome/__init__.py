"""Builds, arms, intervals, the panel's genes and transcripts, the reference, names of variants."""
