"""The pushes are those of the published protocol: its client reads them, in both formats."""

from __future__ import annotations

import json
import sys

import pytest
from centrifuge.codecs import _JsonCodec, _ProtobufCodec

from alerts.errors import UserError
from netsim.bench.peers.centrifugo import channel_of, push_json, push_protobuf
from tests.netsim.bench.wire.samples import sample_log

DATA = '{"headline":"Ébola"}'.encode()


def test_the_client_reads_the_json() -> None:
    (reply,) = _JsonCodec.decode_replies(push_json("alerts:KE-047", DATA, 12).decode())
    assert reply == {"push": {"channel": "alerts:KE-047", "pub": {"data": json.loads(DATA), "offset": 12}}}


def test_the_client_reads_the_protobuf() -> None:
    import base64

    (reply,) = _ProtobufCodec.decode_replies(push_protobuf("alerts:KE-047", DATA * 20, 12))
    data = base64.b64encode(DATA * 20).decode()
    assert reply == {"push": {"channel": "alerts:KE-047", "pub": {"data": data, "offset": "12"}}}


def test_the_channel_is_that_of_the_district() -> None:
    assert channel_of(sample_log()[0].alert).startswith("alerts:")


def test_without_the_classes_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "centrifuge.protocol", None)
    with pytest.raises(UserError, match="need centrifuge-python"):
        push_protobuf("a", DATA, 1)
