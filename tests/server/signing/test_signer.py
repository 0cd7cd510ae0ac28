"""Signing: what is signed, and what cannot be signed with."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alerts.errors import UserError
from netsim.workload import load_samples
from server.signing.signer import load_signer
from server.signing.verifying import Verdict, read_trusted, verify
from tests.support.signing_keys import make_identity

SAMPLE = load_samples()[0].xml
NOW = 1_790_000_000


def test_a_key_and_its_certificates_are_loaded(tmp_path: Path) -> None:
    authority = make_identity("Authority", is_authority=True)
    identity = make_identity("Hub", by=authority)
    signed = load_signer(*identity.save(tmp_path)).sign(SAMPLE)
    assert verify(signed, read_trusted(authority.certificate), NOW).verdict is Verdict.VALID


def test_what_is_signed_already_stays_as_it_is() -> None:
    signed = make_identity("Ministry").signer().sign(SAMPLE)
    assert make_identity("Hub").signer().sign(signed) is signed


def test_keys_differ_by_their_fingerprint() -> None:
    one = make_identity("Hub")
    assert one.signer().fingerprint == one.signer().fingerprint != make_identity("Hub").signer().fingerprint


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    key, _ = make_identity("Hub").save(tmp_path)
    _, certificate = make_identity("Other").save(tmp_path, "other")
    with pytest.raises(UserError, match="is not that of the key"):
        load_signer(key, certificate)


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    key, certificate = make_identity("Hub").save(tmp_path)
    with pytest.raises(UserError, match=r"nowhere\.pem"):
        load_signer(tmp_path / "nowhere.pem", certificate)
    with pytest.raises(UserError, match="cannot be used"):
        load_signer(certificate, certificate)
    with pytest.raises(UserError, match="cannot be used"):
        load_signer(key, key)


def test_a_key_of_a_kind_that_does_not_sign_xml_is_refused(tmp_path: Path) -> None:
    _, certificate = make_identity("Hub").save(tmp_path)
    file = tmp_path / "ed25519.pem"
    made = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made)
    with pytest.raises(UserError, match="no key that signs XML"):
        load_signer(file, certificate)
