"""The hub's data folder: its database, and the lock that keeps a second hub away from it."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from alerts.errors import UserError

DATABASE = "hub.sqlite"
LOCK = "hub.lock"
BRIEF_S = 3.0
"""How long a command may hold the lock (it migrates, or replaces the database); a hub that starts waits so long."""


class FolderInUseError(UserError):
    """Another hub, or a command, has the folder."""


class Folder:
    """A data folder. Made readable by its owner only: it holds who is alerted about what."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"the data folder {path} cannot be made: {error.strerror}", "Choose another with --data."
            ) from error
        self._lock = FileLock(path / LOCK, mode=0o600, thread_local=False)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.path / DATABASE

    def lock(self, wait_s: float = BRIEF_S) -> None:
        """Have the folder alone until `unlock`, or until this process ends.

        Raises FolderInUseError: a hub runs on it.
        """
        if not self.try_lock(wait_s):
            raise FolderInUseError(
                f"a hub is running on {self.path} (it holds {LOCK})",
                "Stop it first, or give another folder with --data.",
            )

    def try_lock(self, wait_s: float = 0.0) -> bool:
        """As `lock`, but False where somebody has it. The lock goes with the process, however that ends."""
        try:
            self._lock.acquire(timeout=wait_s, poll_interval=0.02)
        except Timeout:
            return False
        except OSError as error:
            raise UserError(f"{self.path / LOCK} cannot be locked: {error.strerror}") from error
        return True

    def unlock(self) -> None:
        """Let others have the folder. Idempotent."""
        self._lock.release()
