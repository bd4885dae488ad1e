"""The tables that are written, each declared once; what was done, skipped or failed."""
