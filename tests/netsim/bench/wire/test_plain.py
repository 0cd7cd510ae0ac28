"""Each encoding is undone by the other side's usual means, and nothing is lost."""

from __future__ import annotations

import json
import sys
import zlib

import brotli as brotli_library
import pytest
import zstandard

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.errors import UserError
from alerts.wire.records import unpack_alert
from netsim.bench.wire.plain import as_json, brotli, cap_xml, msgpack_zstd, permessage_deflate
from tests.netsim.bench.wire.samples import sample_log

ALERTS = [one.alert for one in sample_log()]
JSON = [as_json(alert) for alert in ALERTS]


def test_xml_is_caps_own() -> None:
    assert [from_xml(xml).alert for xml in cap_xml(ALERTS)] == ALERTS


def test_json_is_compact_has_caps_names_and_only_what_is_there() -> None:
    assert [Alert.from_json(json.loads(text), strict=False) for text in JSON] == ALERTS
    assert not any(b'": ' in text or b"null" in text or b"\\u" in text for text in JSON)
    assert b'"msgType":"Alert"' in JSON[0]


def test_one_deflate_window_serves_the_connection() -> None:
    inflater = zlib.decompressobj(-15)
    sent = list(permessage_deflate(JSON))
    assert [inflater.decompress(message + b"\0\0\xff\xff") for message in sent] == JSON
    assert next(permessage_deflate(JSON[:1])) == sent[0]
    again = list(permessage_deflate([JSON[0], JSON[0]]))
    assert len(again[1]) < len(again[0]) / 10, "the second time it is in the window"


def test_brotli_is_the_best_of_brotli() -> None:
    sent = list(brotli(JSON))
    assert [brotli_library.decompress(message) for message in sent] == JSON
    assert sum(map(len, sent)) < sum(len(brotli_library.compress(text, quality=5)) for text in JSON)


def test_without_brotli_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    with pytest.raises(UserError, match="needs brotli"):
        list(brotli(JSON))


def test_the_record_goes_in_an_ordinary_zstd_frame() -> None:
    sent = list(msgpack_zstd(ALERTS))
    assert [unpack_alert(zstandard.decompress(message)) for message in sent] == ALERTS
