"""Signatures that hold, that are nobody's, and that were tampered with, each by its verdict."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from alerts.cap.from_xml import from_xml
from alerts.errors import UserError
from netsim.workload import load_samples
from server.signing.verifying import SIGNATURES, Trusted, Verdict, read_trusted, verify
from tests.support.needs import corpus
from tests.support.signing_keys import Identity, make_identity

NOW = int(time.time())
SIGNER = make_identity("A ministry")
SAMPLES = [sample.xml for sample in load_samples()]
SIGNED = SIGNER.signer().sign(SAMPLES[0])


@pytest.fixture(scope="module")
def ministry() -> Identity:
    return make_identity("Ministry of Health")


@pytest.fixture(scope="module")
def authority() -> Identity:
    return make_identity("An authority", is_authority=True)


def verdict(data: bytes, *pems: str) -> Verdict:
    return verify(data, read_trusted("".join(pems)), NOW).verdict


def _signature(root: etree._Element) -> etree._Element:
    found = root.find(f"{{{SIGNATURES}}}Signature")
    assert found is not None
    return found


# -- what holds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_what_a_trusted_key_signed_is_valid(kind: str) -> None:
    identity = make_identity("Ministry", kind=kind)
    signed = identity.signer().sign(SAMPLES[0])
    assert verdict(signed, identity.certificate) is Verdict.VALID
    assert verdict(signed, identity.public_key) is Verdict.VALID
    assert verdict(signed, make_identity("Another").certificate, identity.certificate) is Verdict.VALID
    assert "Ministry" in verify(signed, read_trusted(identity.certificate), NOW).words


def test_what_an_authority_vouches_for_is_valid(authority: Identity) -> None:
    between = make_identity("In between", by=authority, is_authority=True)
    signed = make_identity("Ministry", by=between).signer().sign(SAMPLES[0])
    assert verdict(signed, authority.certificate) is Verdict.VALID
    assert verdict(signed, make_identity("Another authority", is_authority=True).certificate) is Verdict.UNTRUSTED


def test_a_signature_changes_nothing_of_the_alert(ministry: Identity) -> None:
    for sample in SAMPLES:
        signed = ministry.signer().sign(sample)
        assert from_xml(signed).alert == from_xml(sample).alert
        assert verdict(signed, ministry.certificate) is Verdict.VALID


def test_what_canonical_xml_leaves_out_may_change(ministry: Identity) -> None:
    signed = ministry.signer().sign(SAMPLES[0])
    commented = signed.replace(b"<status>Actual", b"<status>Act<!-- -->ual")
    assert commented != signed
    assert verdict(commented, ministry.certificate) is Verdict.VALID


# -- what is nobody's -------------------------------------------------------------------------------------------------


def test_an_unsigned_alert_is_unsigned(ministry: Identity) -> None:
    assert verdict(SAMPLES[0], ministry.certificate) is Verdict.UNSIGNED


def test_a_signature_of_somebody_else_is_untrusted_but_whole(ministry: Identity) -> None:
    signed = make_identity("Somebody").signer().sign(SAMPLES[0])
    verified = verify(signed, read_trusted(ministry.certificate), NOW)
    assert verified.verdict is Verdict.UNTRUSTED
    assert "Somebody" in verified.words
    assert verdict(signed) is Verdict.UNTRUSTED


def test_an_expired_certificate_vouches_no_more() -> None:
    identity = make_identity("Ministry", until=datetime.now(UTC) - timedelta(days=3))
    verified = verify(identity.signer().sign(SAMPLES[0]), read_trusted(identity.certificate), NOW)
    assert verified.verdict is Verdict.UNTRUSTED
    assert "expired" in verified.words


def test_sha1_proves_nothing() -> None:
    class Old(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """Old signatures were made so."""

    identity = make_identity("Ministry", kind="rsa")
    old = Old(signature_algorithm=SignatureMethod.RSA_SHA1, digest_algorithm=DigestAlgorithm.SHA1)
    signed = etree.tostring(old.sign(etree.fromstring(SAMPLES[0]), key=identity.key, cert=list(identity.chain)))
    assert verdict(bytes(signed), identity.certificate) is Verdict.UNTRUSTED


def test_a_shared_secret_signs_for_nobody(ministry: Identity) -> None:
    signer = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256)
    signed = etree.tostring(signer.sign(etree.fromstring(SAMPLES[0]), key=b"secret"))
    assert verdict(bytes(signed), ministry.certificate) is Verdict.UNTRUSTED


def test_without_its_certificate_a_signature_is_found_by_the_key(ministry: Identity) -> None:
    signed = re.sub(rb"<ds:KeyInfo>.*?</ds:KeyInfo>", b"", ministry.signer().sign(SAMPLES[0]), flags=re.DOTALL)
    assert verdict(signed, ministry.public_key) is Verdict.VALID
    assert verdict(_reworded(signed), ministry.public_key) is Verdict.BROKEN
    assert verdict(signed, make_identity("Somebody").certificate) is Verdict.UNTRUSTED


# -- what was tampered with -------------------------------------------------------------------------------------------


def _reworded(signed: bytes) -> bytes:
    return re.sub(rb"<severity>\w+</severity>", b"<severity>Minor</severity>", signed)


def _other_digest(signed: bytes) -> bytes:
    return re.sub(rb"(<ds:DigestValue>)....", rb"\1AAAA", signed)


def _other_value(signed: bytes) -> bytes:
    return re.sub(rb"(<ds:SignatureValue>)....", rb"\1AAAA", signed)


def _signed_twice(signed: bytes) -> bytes:
    root = etree.fromstring(signed)
    root.append(etree.fromstring(etree.tostring(_signature(root))))
    return bytes(etree.tostring(root))


def _moved_down(signed: bytes) -> bytes:
    root = etree.fromstring(signed)
    root[-2].append(_signature(root))
    return bytes(etree.tostring(root))


def _pointing_elsewhere(signed: bytes) -> bytes:
    """Another alert, with the signed one inside as what is referred to by an Id."""
    outer, inner = etree.fromstring(SAMPLES[1]), etree.fromstring(signed)
    signature = _signature(inner)
    inner.set("Id", "signed")
    reference = signature.find(f".//{{{SIGNATURES}}}Reference")
    assert reference is not None
    reference.set("URI", "#signed")
    outer.append(signature)
    outer.append(inner)
    return bytes(etree.tostring(outer))


def _referring_twice(signed: bytes) -> bytes:
    return re.sub(rb"(<ds:Reference .*?</ds:Reference>)", rb"\1\1", signed, flags=re.DOTALL)


def _unknown_algorithms(signed: bytes) -> bytes:
    return signed.replace(b'Algorithm="http', b'Algorithm="odd')


TAMPERED: list[Callable[[bytes], bytes]] = [
    *(_reworded, _other_digest, _other_value, _signed_twice, _moved_down, _pointing_elsewhere, _referring_twice),
    _unknown_algorithms,
]


@pytest.mark.parametrize("tampered", TAMPERED)
def test_what_was_tampered_with_is_broken(ministry: Identity, tampered: Callable[[bytes], bytes]) -> None:
    signed = ministry.signer().sign(SAMPLES[0])
    assert tampered(signed) != signed
    verified = verify(tampered(signed), read_trusted(ministry.certificate), NOW)
    assert verified.verdict is Verdict.BROKEN
    assert verified.words
    assert verdict(tampered(signed)) is Verdict.BROKEN


def test_a_signature_that_holds_for_another_alert_is_broken(ministry: Identity) -> None:
    """The inner one really was signed under its Id; the alert that is read is the outer one."""
    inner = etree.fromstring(SAMPLES[0])
    inner.set("Id", "signed")
    signer = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256)
    signed = signer.sign(inner, key=ministry.key, cert=list(ministry.chain), reference_uri="#signed")
    outer = etree.fromstring(SAMPLES[1])
    outer.append(_signature(signed))
    outer.append(signed)
    verified = verify(bytes(etree.tostring(outer)), read_trusted(ministry.certificate), NOW)
    assert verified.verdict is Verdict.BROKEN
    assert "not the alert that the file shows" in verified.words


@pytest.mark.parametrize("data", [b"", b"<a", b"<!DOCTYPE a []><a/>", f"<Signature xmlns='{SIGNATURES}'/>".encode()])
def test_what_is_no_alert_is_broken(ministry: Identity, data: bytes) -> None:
    assert verdict(data, ministry.certificate) is Verdict.BROKEN


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_is_changed_is_judged_and_never_valid(draw: st.DataObject) -> None:
    data = bytearray(SIGNED)
    at = draw.draw(st.integers(data.index(b"<alert"), len(data) - 1))
    data[at] = draw.draw(st.integers(0x20, 0x7E))
    verified = verify(bytes(data), read_trusted(SIGNER.certificate), NOW)
    if verified.verdict is Verdict.VALID:
        assert from_xml(bytes(data)).alert == from_xml(SAMPLES[0]).alert, "what may change says nothing"


# -- whom one trusts --------------------------------------------------------------------------------------------------


def test_a_pem_may_hold_several(ministry: Identity, authority: Identity) -> None:
    trusted = read_trusted("words before\n" + ministry.certificate + authority.certificate + ministry.public_key)
    assert (len(trusted.signers), len(trusted.authorities)) == (2, 1)
    assert read_trusted("").is_empty()
    assert Trusted().is_empty()


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("not PEM", "no PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "block 1 is neither"),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "not whole"),
    ],
)
def test_what_is_no_certificate_is_named(pem: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read_trusted(pem)


def test_a_private_key_is_refused(ministry: Identity) -> None:
    with pytest.raises(UserError, match="private key"):
        read_trusted(ministry.certificate + ministry.private_key)


# -- real ones --------------------------------------------------------------------------------------------------------


@pytest.mark.needs("corpus")
def test_real_signatures_hold_by_the_certificate_that_they_bring() -> None:
    folder = corpus()
    assert folder
    when_they_were_sent = int(datetime(2020, 1, 25, tzinfo=UTC).timestamp())
    whole = 0
    for file in sorted((folder / "cap").iterdir()):
        data = file.read_bytes()
        pem = re.search(rb"X509Certificate>(.*?)</", data, re.DOTALL)
        if pem is None or b"rsa-sha256" not in data or b"xmldsig#sha1" in data:
            continue
        certificate = f"-----BEGIN CERTIFICATE-----\n{pem[1].decode().strip()}\n-----END CERTIFICATE-----\n"
        assert verify(data, read_trusted(certificate), when_they_were_sent).verdict is Verdict.VALID, file.name
        changed = re.sub(rb"<status>\w+", b"<status>System", data)
        assert verify(changed, read_trusted(certificate), when_they_were_sent).verdict is Verdict.BROKEN, file.name
        whole += 1
    assert whole >= 5
