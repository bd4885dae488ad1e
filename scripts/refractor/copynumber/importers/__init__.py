"""Foreign copy-number formats, one module a caller."""
