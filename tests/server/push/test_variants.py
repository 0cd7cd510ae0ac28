"""An alert is encoded once for each variant, and the same bytes go to everybody who asked for it."""

from __future__ import annotations

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.language import best_match
from alerts.cap.model import Alert
from alerts.session.log import Form, Log, draft_of
from alerts.session.position import Path
from alerts.wire.codec import Codec
from alerts.wire.frames import Data
from alerts.wire.items import alert_of, decode_item
from netsim.workload import load_samples
from server.push.variants import LiveMessage, Variants
from server.push.websocket import frame_of


def published(name: str) -> Log:
    """A log with one sample."""
    log = Log(Path([(0xABCDEF01, 1)]))
    sample = next(sample for sample in load_samples() if sample.name.startswith(name))
    alert = from_xml(sample.xml).alert
    log.append(log.inherit(draft_of(alert, Audience(everyone=True), default_life_s=3600, payload=alert)))
    return log


def test_readers_whose_languages_select_the_same_share_one_message() -> None:
    (entry,) = published("001")
    assert isinstance(entry.payload, Alert)
    offered = [info.language for info in entry.payload.info]
    assert len(offered) > 1, "the sample has several languages"
    first, last = str(offered[0]), str(offered[-1])
    variants = Variants(Codec())
    assert variants.live(entry, (first, "tlh")) is variants.live(entry, (first,))
    assert variants.live(entry, (last,)) is not variants.live(entry, (first,))
    assert len(best_match(("*",), offered)) == len(offered)


def test_a_live_message_is_the_shared_data_frame_with_its_websocket_frame() -> None:
    (entry,) = published("001")
    message = Variants(Codec()).live(entry, ("*",))
    frame = Codec().decode(message)
    assert isinstance(frame, Data) and (frame.after, frame.upto, frame.as_of) == (0, 1, 1)
    assert isinstance(message, LiveMessage) and message.websocket_frame == frame_of(message)
    assert alert_of(frame.items[0][1], entry.epoch, 1) == entry.payload


def test_a_withdrawal_names_what_is_replaced() -> None:
    log = published("001")
    sample = next(sample for sample in load_samples() if sample.name.startswith("017"))
    alert = from_xml(sample.xml).alert
    log.append(log.inherit(draft_of(alert, Audience(everyone=True), default_life_s=3600, payload=alert)))
    update = log.at(2)
    assert update is not None
    raw = Variants(Codec()).item(update, Form.WITHDRAWAL, ("*",))
    assert decode_item(raw, update.epoch, 2).replaces == update.replaces == {next(iter(log)).key}
