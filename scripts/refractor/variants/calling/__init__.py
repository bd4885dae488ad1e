"""Small variants called from reads."""
