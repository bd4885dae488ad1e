"""What scripts/build_resources.py makes resources/panel and resources/reference with; no step imports it."""
