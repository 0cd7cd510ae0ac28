"""Keys and certificates of those who sign alerts in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from server.signing.signer import Signer, SigningKey

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Identity:
    """Somebody who signs: a key, and certificates from its own up."""

    key: SigningKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> str:
        """Its own certificate, PEM."""
        return self.chain[0].public_bytes(Encoding.PEM).decode()

    @property
    def public_key(self) -> str:
        """Its bare public key, PEM."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def private_key(self) -> str:
        """Its private key, PEM."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def signer(self) -> Signer:
        """What signs by it."""
        return Signer(self.key, list(self.chain))

    def save(self, folder: Path, name: str = "signer") -> tuple[Path, Path]:
        """The files of its key and its certificates."""
        key, certificate = folder / f"{name}.key.pem", folder / f"{name}.cert.pem"
        key.write_text(self.private_key)
        certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in self.chain))
        return key, certificate


def make_key(kind: str = "ec") -> SigningKey:
    """A key: `ec` or `rsa`."""
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def make_identity(
    name: str,
    *,
    by: Identity | None = None,
    kind: str = "ec",
    is_authority: bool = False,
    until: datetime | None = None,
) -> Identity:
    """Somebody, whose certificate they signed themselves or an authority did."""
    key = make_key(kind)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer = by.chain[0] if by else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_LONG_AGO)
        .not_valid_after(until or datetime.now(UTC) + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signing = by.key if by else key
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
    )
    return Identity(key, (builder.sign(signing, hashes.SHA256()), *(by.chain if by else ())))


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
