"""A site whose hub and first device each have a disk of 8 MB: `python small_disk_site.py FOLDER`, in mounts of its own.

Says what happens when the disks are full as JSON: {"hub": {…}, "device": {…}, "new": {…}}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from alerts.errors import UserError
from netsim.faults import small_disk
from netsim.faults.disk_full import DeviceDiskFull, HubDiskFull
from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks
from server.desk import Desk
from server.hub import Role
from tests.netsim.faults.story import Story
from tests.support.site import warning
from tests.support.waiting import wait_until

DISK_BYTES = 8 << 20
NOTE = "x" * 50_000


def _through_hub(story: Story) -> dict[str, Any]:
    fault = HubDiskFull()
    story.begin(fault)
    words = fault.words
    answers = [_publish(story, f"refused-{number}") for number in range(40)]
    refused = next(answer for answer in answers if answer.status != 201)
    reading = story.site.hub.ask("GET", "/v1/alerts").status
    story.end(fault)
    story.ends_well()
    return {"words": words, "status": refused.status, "detail": refused.body["detail"], "reading": reading}


def _publish(story: Story, identifier: str) -> Any:
    body = {"alert": warning(identifier, note=NOTE), "audience": {"everyone": True}}
    return story.site.hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, body=body)


def _through_device(story: Story) -> dict[str, Any]:
    fault = DeviceDiskFull()
    story.begin(fault)
    how = fault.words
    for _ in range(40):
        story.publish(note=NOTE, severity="Minor")
    words = story.until_trouble("STORE")
    story.target.acknowledge()
    child = story.target._child
    assert child is not None
    wait_until(lambda: child.last("failed") or story.target.ledger.acknowledgements(), "the person is answered")
    story.end(fault)
    story.ends_well()
    return {"words": how, "trouble": words}


def _new_hub(folder: Path) -> dict[str, Any]:
    """What a hub says that has to make its database where there is no room."""
    small_disk.mount(folder, 1 << 20)
    small_disk.fill(folder)
    try:
        Desk(folder).__exit__(None, None, None)
    except UserError as error:
        return {"words": str(error), "hint": error.hint}
    return {}


def main(folder: Path) -> None:
    """All of it."""
    small_disk.enter_private_mounts()
    for name in ("hub", people(1)[0].name):
        small_disk.mount(folder / name, DISK_BYTES)
    with Site(folder, ToxiproxyLinks("embedded", seed=1), people(2), keepalive_s=2.0) as site:
        said = {"hub": _through_hub(Story(site)), "device": _through_device(Story(site))}
    said["new"] = _new_hub(folder / "new")
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
