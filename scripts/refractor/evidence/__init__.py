"""The knowledge base, its matching to alterations, and labels made before any outcome is read."""
