"""`tocsin-hub completion`: a completion script for a shell."""

from __future__ import annotations

import sys
from typing import Literal


def completion(shell: Literal["bash", "zsh", "fish"]) -> None:
    """Print a completion script for a shell.

    In bash: eval "$(tocsin-hub completion bash)"

    Parameters
    ----------
    shell
        Which shell it is for.
    """
    from server.cli import app

    sys.stdout.write(app.generate_completion(shell=shell))
