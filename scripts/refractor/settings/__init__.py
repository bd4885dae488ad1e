"""Configuration and cohort file: models, bounds, defaults and their sources."""
