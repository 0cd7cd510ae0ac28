"""An alert with an XML signature, as a feed brings it: what was signed is known, and nothing else may pass for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from alerts.cap.from_xml import from_xml
from netsim.fuzz.targets import samples
from server.signing.signer import Signer
from server.signing.verifying import SIGNATURES, Trusted, Verdict, read_trusted, verify

SUMMARY = "XML signatures of alerts"
NOW = 1_790_000_000


@lru_cache
def _signed() -> tuple[bytes, Trusted]:
    """A signed alert, and whom to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A signer")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    trusted = read_trusted(certificate.public_bytes(Encoding.PEM).decode())
    return Signer(key, [certificate]).sign(samples.files()[0]), trusted


def seeds() -> Iterable[bytes]:
    """The signed alert, another without a signature, and one whose signature says nothing."""
    empty = f"<Signature xmlns='{SIGNATURES}'/></alert>".encode()
    other = samples.files()[1]
    return [_signed()[0], other, other.replace(b"</alert>", empty)]


def check(data: bytes) -> None:
    """A verdict for any bytes; valid is only what says what was signed."""
    signed, trusted = _signed()
    if verify(data, trusted, NOW).verdict is Verdict.VALID:
        assert from_xml(data).alert == from_xml(signed).alert, "only what was signed is valid"
