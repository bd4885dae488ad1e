"""Files of any kind: text, YAML, remote addresses, whole or not at all, digests, locks."""
