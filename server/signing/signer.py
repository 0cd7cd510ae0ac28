"""Signing alerts on their way out: an enveloped XML signature in the <alert>, as CAP 1.2 §3.3.2.1 has it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.signer import XMLSigner

from alerts.cap.from_xml import parse_document
from alerts.errors import UserError
from server.signing.verifying import SIGNATURES

EXIT_KEY = 2
SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Signer:
    """Signs with one key. `fingerprint` tells two keys apart."""

    def __init__(self, key: SigningKey, chain: list[x509.Certificate]) -> None:
        self._key = key
        self._chain = chain
        self.fingerprint = hashlib.sha256(chain[0].public_bytes(Encoding.DER)).hexdigest()[:16]

    def sign(self, data: bytes) -> bytes:
        """The alert with a signature; one that has a signature is left as it is. `data` is a CAP alert as XML."""
        root = parse_document(data)
        if next(root.iter(f"{{{SIGNATURES}}}Signature"), None) is not None:
            return data
        is_rsa = isinstance(self._key, rsa.RSAPrivateKey)
        signer = XMLSigner(
            signature_algorithm=SignatureMethod.RSA_SHA256 if is_rsa else SignatureMethod.ECDSA_SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        signed = signer.sign(root, key=self._key, cert=self._chain)
        made = etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
        assert isinstance(made, bytes), "an encoding was given"
        return made


def load_signer(key_file: Path, certificate_file: Path) -> Signer:
    """A signer from a private key and its certificate, with those of authorities after it (PEM). Raises UserError."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        chain = x509.load_pem_x509_certificates(certificate_file.read_bytes())
    except OSError as error:
        raise UserError(
            f"{error.filename} cannot be read: {error.strerror}", "Check signing_key and signing_cert.", EXIT_KEY
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        words = f"{key_file} and {certificate_file} cannot be used: {error}"
        raise UserError(words, "Both are PEM, the key without a password.", EXIT_KEY) from None
    if not isinstance(key, SigningKey):
        raise UserError(f"{key_file} is no key that signs XML", "Take an elliptic curve (P-256) or RSA.", EXIT_KEY)
    if _public(chain[0]) != _public(key):
        words = f"the first certificate in {certificate_file} is not that of the key in {key_file}"
        raise UserError(words, "The signer's certificate comes first, then those of authorities.", EXIT_KEY)
    return Signer(key, chain)


def _public(certificate_or_key: x509.Certificate | SigningKey) -> bytes:
    return certificate_or_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
