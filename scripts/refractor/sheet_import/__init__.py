"""Sheets from the exports of data capture systems: the files, the mapping, and what was done to each cell."""
