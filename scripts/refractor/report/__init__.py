"""Figures, pages, workbook and study folder for people to look at."""
