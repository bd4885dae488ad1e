"""Where the knowledge that ships with the code lies."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
"""The repository's resources/, a README beside each kind."""
