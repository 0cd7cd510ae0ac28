"""What TLS costs a connection: bytes of a full handshake and of a resumed one, by the chain that the hub shows.

The hub's own context and the client's own, joined in memory: the records are those that a TCP would carry, counted to the byte,
until the hub's ticket has arrived.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from client.tls import HubTls
from server.process import tls_context
from server.settings import Settings

HOST = "alerts.health.example"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
KEYS: dict[str, Callable[[], Key]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RSA 2048": lambda: rsa.generate_private_key(65_537, 2048),
    "RSA 4096": lambda: rsa.generate_private_key(65_537, 4096),
}
CHAINS: tuple[tuple[str, ...], ...] = (
    ("P-256",),
    ("P-256", "P-256"),
    ("P-256", "P-384"),
    ("RSA 2048", "RSA 2048"),
    ("RSA 2048", "RSA 4096"),
    ("RSA 2048", "RSA 2048", "RSA 4096"),
)
"""What the hub shows, its own certificate first. None shows the authority that the device has anyway, but for the last."""
RECORD = b"x" * 32


@dataclass(frozen=True)
class Handshake:
    """One chain. Bytes of TLS records, the ticket included; `der_bytes` are those of the certificates shown."""

    chain: tuple[str, ...]
    der_bytes: int
    full_up: int
    full_down: int
    resumed_up: int
    resumed_down: int
    record_bytes: int
    """What each write costs beside its content."""

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return asdict(self)


def measure(keys: Sequence[str]) -> Handshake:
    """Make a chain with such keys, the hub's first, and an authority of the last kind above it; shake hands twice."""
    with tempfile.TemporaryDirectory(prefix="tocsin-tls-") as name:
        folder = Path(name)
        settings = _settings(folder, keys)
        server = tls_context(settings)
        assert server is not None, "the settings name a certificate"
        trusted = HubTls(str(folder / "ca.pem"))
        first, second = _shake(server, trusted), _shake(server, trusted)
        assert second.is_resumed and not first.is_resumed, "the first is full, the second resumes it"
        shown = x509.load_pem_x509_certificates((folder / "cert.pem").read_bytes())
        return Handshake(
            tuple(keys),
            sum(len(certificate.public_bytes(Encoding.DER)) for certificate in shown),
            *(first.up, first.down, second.up, second.down, second.record),
        )


@dataclass(frozen=True)
class _Shaken:
    up: int
    down: int
    is_resumed: bool
    record: int


def _shake(server_context: ssl.SSLContext, tls: HubTls) -> _Shaken:
    """Until the client has read what the hub wrote first, and with it the ticket."""
    context = tls.context()
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname=HOST, session=context.session)
    up = down = 0
    hello_in, hello_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(hello_in, hello_out, server_side=True)
    waiting = {client, server}
    while waiting:
        for end in (client, server):
            if end in waiting and _is_done(end):
                waiting.remove(end)
            sent, answered = to_server.read(), hello_out.read()
            up, down = up + len(sent), down + len(answered)
            hello_in.write(sent)
            to_client.write(answered)
    server.write(RECORD)
    written = hello_out.read()
    to_client.write(written)
    assert client.read(len(RECORD)) == RECORD
    context.session = client.session
    record = len(written) - len(RECORD)
    return _Shaken(up, down, client.session_reused, record)


def _is_done(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


# -- certificates as an authority of the public web makes them --------------------------------------------------------


def _settings(folder: Path, keys: Sequence[str]) -> Settings:
    """Write the chain, the hub's key and the authority into the folder."""
    top = KEYS[keys[-1]]()
    authority = _certificate(_authority_name(len(keys)), top, _authority_name(len(keys)), top, is_hub=False)
    (folder / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    signer, signer_name, made = top, _authority_name(len(keys)), list[x509.Certificate]()
    hub_key = top
    for depth in reversed(range(len(keys))):
        hub_key = KEYS[keys[depth]]()
        name = _name(HOST) if depth == 0 else _authority_name(depth)
        made.insert(0, _certificate(name, hub_key, signer_name, signer, is_hub=depth == 0))
        signer, signer_name = hub_key, name
    (folder / "cert.pem").write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in made))
    private = hub_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return Settings(data=folder, tls_cert=folder / "cert.pem", tls_key=folder / "key.pem")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _authority_name(depth: int) -> x509.Name:
    """As long as those of real authorities are."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "XX"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Some Authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Authority R{depth}"),
        ]
    )


def _certificate(name: x509.Name, key: Key, issuer: x509.Name, signer: Key, *, is_hub: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(True, False, False, False, False, not is_hub, not is_hub, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=not is_hub, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_where("http://ca.authority.example/r1.crt"), critical=False)
        .add_extension(_revoked_at("http://crl.authority.example/r1.crl"), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if is_hub:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    is_p384 = isinstance(signer, ec.EllipticCurvePrivateKey) and signer.key_size == 384
    return builder.sign(signer, hashes.SHA384() if is_p384 else hashes.SHA256())


def _where(address: str) -> x509.AuthorityInformationAccess:
    place = x509.UniformResourceIdentifier(address)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)])


def _revoked_at(address: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)]
    )
