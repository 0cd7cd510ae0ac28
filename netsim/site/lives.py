"""What has many lives: a process of the site that is killed and started again, on one folder."""

from __future__ import annotations

from pathlib import Path

from netsim.site.child import REFUSED, Child


class Lives:
    """A hub or a device, whose process may or may not run now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._child: Child | None = None

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._child is not None and self._child.is_running

    @property
    def has_died(self) -> bool:
        """Whether its process ended though nobody here had ended it."""
        return self._child is not None and not self._child.is_running

    @property
    def refusal(self) -> str | None:
        """Why its process, which has ended, could not do its work; None: it did not say so."""
        said = self._child.find(REFUSED) if self._child is not None else None
        return None if said is None else str(said["words"])

    @property
    def pid(self) -> int | None:
        """Of its process, while that lives."""
        return self._child.pid if self._child is not None and self._child.is_running else None

    @property
    def log(self) -> Path:
        """What its processes wrote to standard error."""
        return self.folder.with_name(f"{self.folder.name}.log")
