"""Bytes from nowhere into every decoder that network bytes reach: one target a decoder, driven by coverage (atheris)."""
