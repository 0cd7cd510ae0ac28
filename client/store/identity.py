"""Who this device is to its hub."""

from __future__ import annotations

from dataclasses import dataclass

from client.store import models
from client.store.database import Database, only


@dataclass(frozen=True, slots=True)
class Identity:
    """What joining gave: the device's id and token, the hub's address (`https://hub.example`), the name it goes by.

    `ca_file` names the certificates that the hub's is checked against; None: those of this machine.
    """

    device: str
    token: str
    address: str
    name: str = ""
    ca_file: str | None = None

    def __repr__(self) -> str:
        return f"Identity(device={self.device!r}, address={self.address!r})"


def read_identity(database: Database) -> Identity | None:
    """The identity; None before joining."""
    found = database.run(models.Identity.select()).first()
    if found is None:
        return None
    return Identity(found.device, found.token, found.address, found.name, found.ca_file)


def write_identity(database: Database, identity: Identity) -> None:
    """Keep the identity."""
    database.run(
        only(
            models.Identity,
            device=identity.device,
            token=identity.token,
            address=identity.address,
            name=identity.name,
            ca_file=identity.ca_file,
        )
    ).execute()
