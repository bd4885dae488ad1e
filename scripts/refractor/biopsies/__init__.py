"""A patient's samples over time: what changed between them, and what they disagree on."""
