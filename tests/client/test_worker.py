"""The store's own thread."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from client.store import StoreError
from client.worker import Worker
from tests.support.device_store import open_store


def test_all_work_is_done_on_one_thread_in_its_order(tmp_path: Path) -> None:
    async def main() -> None:
        worker = Worker()
        await worker.open(lambda: open_store(tmp_path))
        done: list[tuple[int, int]] = []
        await asyncio.gather(
            *(worker.do(lambda _, number=number: done.append((number, threading.get_ident()))) for number in range(20))  # type: ignore[misc]
        )
        assert [number for number, _ in done] == list(range(20))
        assert {thread for _, thread in done} != {threading.get_ident()}
        assert len({thread for _, thread in done}) == 1
        await worker.close()

    asyncio.run(main())


def test_what_fails_there_is_raised_here(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "file").touch()
        worker = Worker()
        with pytest.raises(StoreError):
            await worker.open(lambda: open_store(tmp_path / "file"))
        await worker.close()

    asyncio.run(main())
