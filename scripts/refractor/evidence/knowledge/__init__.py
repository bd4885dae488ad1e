"""The knowledge base: rules as data, read and checked."""
