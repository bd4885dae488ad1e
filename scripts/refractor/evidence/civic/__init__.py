"""A user's CIViC evidence table, matched to the tumour's alterations."""
