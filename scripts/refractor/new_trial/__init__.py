"""A trial drafted from a folder of files."""
