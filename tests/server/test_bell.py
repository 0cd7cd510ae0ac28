from __future__ import annotations

import asyncio

from server.bell import Bell, until_first, until_set


def test_a_ring_wakes_who_listened_before_and_not_who_comes_after() -> None:
    async def scene() -> tuple[bool, bool]:
        bell = Bell()
        before = bell.listen()
        bell.ring()
        return await until_set(before, 60), await until_set(bell.listen(), 0.0)

    assert asyncio.run(scene()) == (True, False)


def test_all_who_wait_look_again_at_each_ring() -> None:
    async def scene() -> list[bool]:
        bell, seen = Bell(), [0]
        waiting = [asyncio.create_task(bell.until(lambda: seen[0] >= 2, 60)) for _ in range(3)]
        for number in (1, 2):
            await asyncio.sleep(0)  # each has looked and waits
            assert not any(task.done() for task in waiting)
            seen[0] = number
            bell.ring()
        return [*await asyncio.gather(*waiting), await bell.until(lambda: False, 0.0)]

    assert asyncio.run(scene()) == [True, True, True, False]


def test_the_first_that_is_over_ends_the_wait_and_the_others() -> None:
    async def scene() -> list[str]:
        told: list[str] = []

        async def wait(name: str, event: asyncio.Event) -> None:
            try:
                await event.wait()
                told.append(f"{name} came")
            except asyncio.CancelledError:
                told.append(f"{name} was ended")
                raise

        first, second = asyncio.Event(), asyncio.Event()
        waiting = asyncio.create_task(until_first(wait("first", first), wait("second", second)))
        await asyncio.sleep(0)
        second.set()
        await waiting
        return told

    assert asyncio.run(scene()) == ["second came", "first was ended"]
