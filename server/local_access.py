"""How a command on the same machine gets at a running hub: a file in the data folder with its address and a key to it.

    the hub listens ──▶ hub.local (0600): address, certificate's fingerprint, key        the hub stops ──▶ the file goes
    a command       ──▶ takes the lock? yes: no hub runs, whatever the file says         no: asks at the address, with the key

The key holds as long as the process that made it, which keeps only its hash; it is in no table. Whoever can read the folder
is an administrator by it, which gives nothing away: they could read and write the database itself.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import hmac
import json
import os
import re
import secrets
import ssl
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "hub.local"
NAME_CHARS_MAX = 32
UNNAMED = "unknown"


@dataclass(frozen=True, slots=True)
class LocalHub:
    """What the file says. `certificate`: the SHA-256 of the certificate that answers at `address`, where that speaks TLS."""

    address: str
    key: str
    certificate: str | None = None

    @property
    def bearer(self) -> str:
        """What a command of this user sends as its token."""
        return f"{self.key}.{plain_name(user_name())}"


def make_key() -> str:
    """A new key; it has no dot, which separates it from the user's name."""
    return secrets.token_urlsafe(32)


def leave(folder: Path, address: str, certificate: str | None = None) -> str:
    """Write the file, with a new key, which is returned. Raises OSError."""
    made = LocalHub(address, make_key(), certificate)
    partial = folder / f"{FILE}.partial"
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made)) + "\n")
    partial.replace(folder / FILE)
    return made.key


def take_away(folder: Path) -> None:
    """Remove the file: the hub that wrote it has ended, or ends now. Only who has the folder's lock may."""
    with contextlib.suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def find(folder: Path) -> LocalHub | None:
    """What the file says, or None: there is none. Whether that hub still runs, only the folder's lock can tell.

    Raises PermissionError.
    """
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return LocalHub(str(said["address"]), str(said["key"]), said["certificate"])
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fingerprint(certificates: Path) -> str:
    """The SHA-256 of the first certificate of a chain (PEM): the one that a hub shows."""
    from cryptography import x509  # half of what a command would load, and only a hub with TLS asks for it
    from cryptography.hazmat.primitives.serialization import Encoding

    first = x509.load_pem_x509_certificate(certificates.read_bytes())
    return hashlib.sha256(first.public_bytes(Encoding.DER)).hexdigest()


class PinnedContext(ssl.SSLContext):
    """A client's context that takes one certificate and no other, whatever name and dates it has."""

    certificate: str

    @classmethod
    def of(cls, certificate: str) -> PinnedContext:
        """For the certificate with this SHA-256."""
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the comparison below is the verification
        context.certificate = certificate
        return context

    def wrap_socket(self, *args: object, **options: object) -> ssl.SSLSocket:
        """Called by the HTTP client, before it sends anything. Raises SSLCertVerificationError."""
        wrapped = super().wrap_socket(*args, **options)  # type: ignore[arg-type]
        shown = hashlib.sha256(wrapped.getpeercert(binary_form=True) or b"").hexdigest()
        if not hmac.compare_digest(shown, self.certificate):
            wrapped.close()
            raise ssl.SSLCertVerificationError(
                1, "another certificate answers than that of the hub of this data folder"
            )
        return wrapped


def user_name() -> str:
    """Who runs this process; with sudo, who called that."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())


def plain_name(user: str) -> str:
    """A user's name as it can stand in a header and in the records."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", user)[:NAME_CHARS_MAX] or UNNAMED
