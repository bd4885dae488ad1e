"""Figures as SVG, one module a figure."""
