"""The command `refractor`: one module a sub-command, each with a `parser` and a `main` as a step has."""
