"""Is an alert signed, by somebody whom the operator trusts, and is what was signed what we read?

CAP 1.2 §3.3.2.1 takes enveloped signatures: one <Signature> in the <alert> that it covers. Whatever else there is in a file
(a signature elsewhere, one over a part, over several things) proves nothing about the alert and is not accepted: what counts
as signed is read from the very bytes that were hashed, and must say the same as the file does.

    trusted    PEM, any number of: certificates of those who sign, certificates of authorities, public keys
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.exceptions import InvalidDigest, SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from alerts.cap.from_xml import from_xml, parse_document
from alerts.errors import InvalidAlertError, UserError

SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
CERTIFICATES_MAX = 8
"""Certificates that a signature may bring along; chains of authorities have two or three."""
TRUSTED_MAX = 50

METHODS = frozenset(
    method for method in SignatureMethod if "SHA1" not in method.name and not method.name.startswith(("HMAC", "DSA"))
)
"""RSA and elliptic curves. SHA-1 can be forged; a shared secret signs for nobody."""

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_A_DAY = timedelta(days=1)


class Verdict(StrEnum):
    """What is to be said of an alert's signature."""

    UNSIGNED = "unsigned"
    VALID = "valid"
    """Signed by somebody who is trusted, and unchanged since."""
    UNTRUSTED = "untrusted"
    """Nobody who is trusted answers for it; it may be unchanged."""
    BROKEN = "broken"
    """Changed since it was signed, or the signature does not cover the alert."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, and in words why, or by whom it was signed."""

    verdict: Verdict
    words: str = ""


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whom an operator trusts: signers themselves, by certificate or key, and authorities that vouch for signers."""

    signers: tuple[x509.Certificate, ...] = ()
    authorities: tuple[x509.Certificate, ...] = ()

    def is_empty(self) -> bool:
        """Nobody."""
        return not (self.signers or self.authorities)


def read_trusted(pem: str) -> Trusted:
    """Certificates and public keys in one PEM text. Raises UserError naming the block that is none."""
    signers: list[x509.Certificate] = []
    authorities: list[x509.Certificate] = []
    blocks = [found[0] for found in _BLOCK.finditer(pem)]
    if len(blocks) != pem.count("-----BEGIN "):
        raise UserError("the PEM is not whole: a line -----BEGIN …----- has no -----END …----- of the same kind")
    if len(blocks) > TRUSTED_MAX:
        raise UserError(f"{len(blocks)} certificates and keys are too many; at most {TRUSTED_MAX} are taken")
    if pem.strip() and not blocks:
        raise UserError("this is no PEM: it has no line -----BEGIN CERTIFICATE----- or -----BEGIN PUBLIC KEY-----")
    for index, block in enumerate(blocks, 1):
        certificate = _read_block(block, index)
        (authorities if _is_authority(certificate) else signers).append(certificate)
    return Trusted(tuple(signers), tuple(authorities))


def _read_block(block: str, index: int) -> x509.Certificate:
    kind = block.removeprefix("-----BEGIN ").partition("-----")[0]
    if "PRIVATE KEY" in kind:
        raise UserError(f"block {index} is a private key, which nobody should hand out: give its certificate")
    try:
        if "PUBLIC KEY" in kind:
            key = load_pem_public_key(block.encode())
            if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
                return _wrapped(key)
            raise UserError(f"block {index}: a key of this kind does not sign XML; RSA and elliptic curves do")
        return x509.load_pem_x509_certificate(block.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UserError(f"block {index} is neither a certificate nor a public key: {error}") from None


def _wrapped(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> x509.Certificate:
    """A bare key as a certificate: what verifies knows signers by certificates, and looks at the key and the dates alone."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a trusted key")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)
        .serial_number(1)
        .not_valid_before(datetime(1970, 1, 2, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, tzinfo=UTC))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


# -- one alert --------------------------------------------------------------------------------------------------------


def verify(data: bytes, trusted: Trusted, now: int) -> Verified:
    """What is to be said of the signature of a CAP alert that `from_xml` reads. Never raises for what is in `data`."""
    try:
        root = parse_document(data)
    except InvalidAlertError as error:
        return Verified(Verdict.BROKEN, str(error))
    signatures = list(root.iter(f"{{{SIGNATURES}}}Signature"))
    if not signatures:
        return Verified(Verdict.UNSIGNED)
    objection = _objection(root, signatures)
    if objection:
        return objection
    try:
        return _judge(data, root, trusted, datetime.fromtimestamp(now, UTC))
    except Exception as error:  # noqa: BLE001 - a signature is any XML that somebody wrote, read by what was written for signatures
        return Verified(Verdict.BROKEN, f"the signature cannot be read: {_short(error)}")


def _objection(root: etree._Element, signatures: list[etree._Element]) -> Verified | None:
    """What rules a signature out before any arithmetic."""
    if len(signatures) > 1:
        return Verified(Verdict.BROKEN, f"there are {len(signatures)} signatures, and it is not clear which one counts")
    signature = signatures[0]
    if signature.getparent() is not root:
        return Verified(Verdict.BROKEN, "the signature does not stand in the alert itself")
    if len(list(signature.iter(f"{{{SIGNATURES}}}Reference"))) != 1:
        return Verified(Verdict.BROKEN, "the signature must cover the alert, and nothing beside it")
    if len(list(signature.iter(f"{{{SIGNATURES}}}X509Certificate"))) > CERTIFICATES_MAX:
        return Verified(Verdict.BROKEN, f"the signature brings more than {CERTIFICATES_MAX} certificates")
    algorithms = {str(element.get("Algorithm")) for element in signature.iter() if element.get("Algorithm")}
    weak = sorted(algorithm for algorithm in algorithms if algorithm.lower().endswith("sha1"))
    if weak:
        words = f"it was made with SHA-1 ({weak[0].rpartition('#')[2]}), which can be forged and proves nothing"
        return Verified(Verdict.UNTRUSTED, words)
    return None


def _judge(data: bytes, root: etree._Element, trusted: Trusted, now: datetime) -> Verified:
    raw = etree.tostring(root)
    refusals = []
    for signer in trusted.signers:
        try:
            return _compared(data, _checked(raw, signer, now), _name(signer))
        except InvalidDigest:
            return Verified(Verdict.BROKEN, f"the alert was changed after {_name(signer)} had signed it")
        except SignXMLException as error:
            refusals.append(_short(error))
    if trusted.authorities:
        try:
            return _compared(data, _vouched_for(raw, trusted, now), _brought(root))
        except InvalidDigest:
            return Verified(Verdict.BROKEN, f"the alert was changed after {_brought(root)} had signed it")
        except SignXMLException as error:
            refusals.append(_short(error))
    return _by_its_own_certificate(data, root, raw, refusals)


def _checked(raw: bytes, signer: x509.Certificate, now: datetime) -> VerifyResult:
    return _one(XMLVerifier().verify(raw, x509_cert=signer, expect_config=_configuration(now)))


def _vouched_for(raw: bytes, trusted: Trusted, now: datetime) -> VerifyResult:
    with tempfile.TemporaryDirectory(prefix="tocsin-trusted-") as folder:
        file = Path(folder) / "authorities.pem"
        file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in trusted.authorities))
        return _one(XMLVerifier().verify(raw, ca_pem_file=str(file), expect_config=_configuration(now)))


def _configuration(now: datetime) -> SignatureConfiguration:
    return SignatureConfiguration(
        location="./", signature_methods=METHODS, verification_time=now, ignore_ambiguous_key_info=True
    )


def _one(result: VerifyResult | list[VerifyResult]) -> VerifyResult:
    assert isinstance(result, VerifyResult), "one reference was expected"
    return result


def _compared(data: bytes, result: VerifyResult, by: str) -> Verified:
    """The signature holds for some bytes; do they say what the file says? Else a signed alert stands in another's place."""
    try:
        is_same = from_xml(result.signed_data).alert == from_xml(data).alert
    except InvalidAlertError:
        is_same = False
    if not is_same:
        return Verified(Verdict.BROKEN, "what was signed is not the alert that the file shows")
    return Verified(Verdict.VALID, f"signed by {by}")


def _by_its_own_certificate(data: bytes, root: etree._Element, raw: bytes, refusals: list[str]) -> Verified:
    """Nobody who is trusted signed it. If the certificate in the file fits, it is at least not damaged."""
    text = root.findtext(f".//{{{SIGNATURES}}}X509Certificate")
    if text is None:
        return Verified(Verdict.UNTRUSTED, "the signature brings no certificate, and is by no key that is trusted here")
    own = x509.load_pem_x509_certificate(
        b"-----BEGIN CERTIFICATE-----\n" + text.strip().encode() + b"\n-----END CERTIFICATE-----"
    )
    try:
        compared = _compared(
            data, _checked(raw, own, min(own.not_valid_after_utc, own.not_valid_before_utc + _A_DAY)), ""
        )
    except SignXMLException as error:
        return Verified(
            Verdict.BROKEN, f"the alert was changed after it was signed, or the key is another: {_short(error)}"
        )
    if compared.verdict is not Verdict.VALID:
        return compared
    why = f" ({refusals[-1]})" if refusals else ""
    return Verified(Verdict.UNTRUSTED, f"it is unchanged, but was signed by {_name(own)}, who is not trusted here{why}")


def _brought(root: etree._Element) -> str:
    text = root.findtext(f".//{{{SIGNATURES}}}X509Certificate") or ""
    pem = b"-----BEGIN CERTIFICATE-----\n" + text.strip().encode() + b"\n-----END CERTIFICATE-----"
    return _name(x509.load_pem_x509_certificate(pem))


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()[:200]


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
