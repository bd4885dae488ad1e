"""Junctions of rearrangements from split reads and discordant pairs."""
