"""The pages of the report, for people."""
