"""What all tests share: no verdict of Hypothesis depends on how busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("tocsin", deadline=None, print_blob=True)
settings.load_profile("tocsin")
