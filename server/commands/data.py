"""The flag that names the hub's data folder, the same for every command that needs one."""

from __future__ import annotations

from pathlib import Path

from cyclopts import Parameter

DEFAULT = Path(".tocsin")
VARIABLE = "TOCSIN_HUB_DATA"

PARAMETER = Parameter(name="--data", env_var=VARIABLE)
