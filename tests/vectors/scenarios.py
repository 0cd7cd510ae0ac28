"""The main flows, played by the two real ends and recorded from the device's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alerts.audience import Audience
from alerts.session.log import Log
from alerts.wire.frames import Ahead, Data, Dictionary, Goodbye, Languages, Ping, Pong, Roll, Rolled, Want, Welcome
from alerts.wire.items import Urgency, pack_full, pack_withdrawal
from alerts.wire.uplink import Receipt, ReceiptState, pack_uplink
from tests.vectors import samples
from tests.vectors.cases import A, B
from tests.vectors.meanings import Json
from tests.vectors.samples import SENDER, _alert, _info
from tests.vectors.stage import START, Hub, Stage
from tests.vectors.store import Store

C = 0x00C0FFEE
OUTBOX, OUTBOX_LATER = 0x11111111, 0x22222222

VALLEY = Audience(areas=("KE-047",))
COAST = Audience(areas=("KE-001",))


def small(name: str, severity: str = "Minor", **more: Any) -> dict[str, Any]:
    """An alert that is in force for two days."""
    return _alert(
        name, "2026-03-01T05:30:00-00:00", [_info(name, severity, expires="2026-03-03T05:30:00-00:00")], **more
    )


def replacing(name: str, old: str, kind: str, severity: str = "Minor") -> dict[str, Any]:
    """An update or cancel."""
    named = f"{SENDER},{old},2026-03-01T05:30:00-00:00"
    return small(name, severity, msgType=kind, references=named)


def enrolment() -> Json:
    """A fresh device."""
    hub = Hub(A)
    hub.publish(small("heat"), VALLEY)
    hub.publish(small("tsunami"), COAST)
    hub.publish(small("flood", "Severe"), VALLEY)
    hub.publish(small("recall"))
    hub.publish(replacing("recall-off", "recall", "Cancel"))
    hub.publish(small("cholera", "Extreme"))
    hub.publish(small("measles"))
    about = "The first connection of a fresh store: a roll-call, then an alert that is published while connected."
    stage = Stage("enrolment", about, Store(OUTBOX), hub)
    stage.connect()
    stage.passes(60)
    hub.publish(small("polio"), VALLEY)
    stage.wake()
    return stage.done()


def _following(hub: Hub) -> Store:
    """The store of a device that has all that there is."""
    stage = Stage("", "", Store(OUTBOX), hub)
    stage.connect()
    return stage.store


def resume() -> Json:
    """A device that was away for a while."""
    hub = Hub(A)
    hub.publish(small("heat"))
    hub.publish(small("flood"))
    store = _following(hub)
    hub.begin(B)
    hub.publish(replacing("heat-2", "heat", "Update"))
    hub.publish(small("recall"))
    hub.publish(replacing("recall-off", "recall", "Cancel"))
    hub.publish(replacing("flood-off", "flood", "Cancel"))
    hub.publish(small("tsunami"), COAST)
    for name in ("measles", "polio", "mpox"):
        hub.publish(small(name))
    about = (
        "A position that counts: Data from its cursor, batches that grow. An update withdraws what it replaces; what was "
        "published and cancelled meanwhile never arrives; the hub was restarted in between, so two epochs are on its path."
    )
    stage = Stage("resume", about, store, hub)
    stage.passes(600)
    stage.connect(opening=7)
    return stage.done()


def urgent_first() -> Json:
    """Extreme before Severe before the rest."""
    hub = Hub(A)
    store = _following(hub)
    for name, severity in (
        ("a", "Minor"),
        ("b", "Severe"),
        ("c", "Minor"),
        ("d", "Extreme"),
        ("e", "Minor"),
        ("f", "Severe"),
    ):
        hub.publish(small(name, severity))
    about = (
        "What is urgent goes ahead: it is stored above the cursor, said to be held, and not sent again. The connection breaks "
        "in the middle; the second one says what is held."
    )
    stage = Stage("urgent first", about, store, hub)
    stage.connect(play=False, opening=5)
    stage.play(messages=3)
    stage.breaks()
    stage.connect()
    return stage.done()


def fork() -> Json:
    """The hub was put back from an old copy."""
    hub = Hub(A)
    hub.publish(small("heat"))
    copy = hub.log.head
    hub.publish(small("flood"))
    hub.publish(small("old", "Unknown"))
    store = _following(hub)
    restored = Hub(A)
    restored.log = Log(hub.log.path.__class__([(A, 1)]))
    restored.log.enrol(1, hub.log.enrolled["device-1"].reader)
    restored.publish(small("heat"))
    assert restored.log.head == copy
    restored.begin(C)
    restored.publish(small("measles"))
    about = (
        "The hub was put back from an old copy: the device's epoch is on its path, its as-of is not. A roll-call strikes the "
        "numbers of what was lost; those alerts stay, unconfirmed, and are named to the hub."
    )
    stage = Stage("fork", about, store, restored)
    stage.passes(60)
    stage.connect(opening=5)
    return stage.done()


def clock_put_right() -> Json:
    """The hub's time is earlier than before."""
    hub = Hub(A)
    hub.publish(small("heat"))
    store = _following(hub)
    hub.now -= 3600
    hub.begin(B)
    about = "The hub's time is earlier than one under which the device stored: the position does not count."
    stage = Stage("a clock put right", about, store, hub)
    stage.connect(opening=5)
    return stage.done()


def moved() -> Json:
    """Another district while connected."""
    hub = Hub(A)
    hub.publish(small("heat"), VALLEY)
    hub.publish(small("tsunami"), COAST)
    hub.publish(small("recall"))
    store = _following(hub)
    about = (
        "The device is moved to another area while connected: a roll-call. What is no longer for it is marked, not deleted; "
        "what is in force for it now arrives though it lies below the cursor."
    )
    stage = Stage("audience change", about, store, hub)
    stage.connect(opening=5)
    hub.moved("KE-001")
    stage.wake()
    return stage.done()


def interrupted() -> Json:
    """A roll-call over two connections."""
    hub = Hub(A)
    for name in ("a", "b", "c", "d"):
        hub.publish(small(name))
    about = (
        "A roll-call that breaks in the middle: what arrived is kept, the roll-call is owed, the second connection says so "
        "and repeats only the list."
    )
    stage = Stage("a roll-call that breaks", about, Store(OUTBOX), hub)
    stage.connect(play=False)
    stage.play(messages=4)
    stage.breaks()
    stage.connect()
    return stage.done()


def extreme_in_rolling() -> Json:
    """An Extreme alert while a roll-call is under way."""
    hub = Hub(A)
    for name in ("a", "b", "c", "d"):
        hub.publish(small(name))
    about = (
        "An Extreme alert is published during a roll-call: it comes ahead, is shown at once, and is held above `upto`."
    )
    stage = Stage("an Extreme alert during a roll-call", about, Store(OUTBOX), hub)
    stage.connect(play=False)
    stage.play(messages=3)
    hub.publish(small("cholera", "Extreme"))
    stage.wake()
    return stage.done()


def asked() -> Json:
    """A person doubts what is shown."""
    hub = Hub(A)
    hub.publish(small("heat"))
    store = _following(hub)
    about = "The device asks for a roll-call by a Resume that says that one is owed. Nothing is lacking."
    stage = Stage("a roll-call that was asked for", about, store, hub)
    stage.connect(opening=5)
    stage.ask()
    return stage.done()


def _polyglot(name: str) -> dict[str, Any]:
    texts = {"en": "Cholera", "sw": "Kipindupindu"}
    day = "2026-03-03T05:30:00-00:00"
    info = [_info(f"{text} {name}", "Severe", language=tag, expires=day) for tag, text in texts.items()]
    return _alert(name, "2026-03-01T05:30:00-00:00", info)


def languages_set() -> Json:
    """Ops set the languages."""
    hub = Hub(A)
    for name in ("north", "south", "west"):
        hub.publish(_polyglot(name))
    store = _following(hub)
    about = (
        "The hub sets the device's languages while it connects: what is in force is asked for again; the text changes under "
        "its number, no alarm is due a second time."
    )
    stage = Stage("languages set by the hub", about, store, hub)
    hub.languages = ("sw",)
    stage.connect(opening=5)
    return stage.done()


def languages_chosen() -> Json:
    """The user chooses languages."""
    hub = Hub(A)
    for name in ("north", "south"):
        hub.publish(_polyglot(name))
    store = _following(hub)
    about = "The user chooses other languages: the device notes that, connects anew and asks again, and once more after a break."
    stage = Stage("languages chosen on the device", about, store, hub)
    stage.languages("sw", "en")
    stage.connect(play=False, opening=5)
    stage.play(messages=2)
    stage.breaks()
    stage.connect()
    return stage.done()


def receipts() -> Json:
    """Receipts written offline."""
    hub = Hub(A)
    hub.publish(small("heat"))
    store = _following(hub)
    about = (
        "Two receipts written offline. The hub's epoch is one that the outboxes were never compared with: Offer, Stand, "
        "then Data. A third is written while connected."
    )
    stage = Stage("uplink", about, store, hub)
    stage.write(Receipt(START + 10, ReceiptState.SEEN, A, 2))
    stage.write(Receipt(START + 20, ReceiptState.ACKNOWLEDGED, A, 2))
    stage.passes(60)
    stage.connect(opening=5)
    stage.write(Receipt(START + 61, ReceiptState.SEEN, key=f"{SENDER},flood"))
    return stage.done()


def uplink_resent() -> Json:
    """The hub lost what it had."""
    hub = Hub(A)
    store = _following(hub)
    for number in (2, 3, 4):
        store.write(pack_uplink(Receipt(START + number, ReceiptState.SEEN, A, number)))
    store.outbox[OUTBOX].stored, store.compared = 3, A
    store.outbox[OUTBOX].items.pop(0)
    store.outbox_epoch = OUTBOX_LATER
    hub.begin(B)
    hub.outboxes[OUTBOX] = 0
    about = (
        "The hub was put back from an old copy and no longer has what it had confirmed: the outboxes are compared, what is "
        "still kept is sent again, what is not is passed over. A new opening of the store writes in an outbox epoch of its own."
    )
    stage = Stage("uplink sent again", about, store, hub)
    stage.write(Receipt(START + 50, ReceiptState.ACKNOWLEDGED, A, 4))
    stage.connect(opening=6)
    return stage.done()


def uplink_refused() -> Json:
    """The hub cannot use an item."""
    hub = Hub(A)
    store = _following(hub)
    item = Receipt(START + 10, ReceiptState.SEEN, A, 900)
    hub.refusing[pack_uplink(item)] = 1
    about = "The hub keeps an item in quarantine: it says why, and counts it as stored."
    stage = Stage("uplink refused", about, store, hub)
    stage.connect(opening=5)
    stage.write(item)
    return stage.done()


def _full(value: dict[str, Any], *, expires: int = START + 86_400, languages: tuple[str, ...] = ("*",)) -> bytes:
    more: dict[str, Any] = {"languages": languages, "hub_made": False, "replaces": frozenset[str]()}
    return pack_full(samples.alert(value), expires=expires, urgency=Urgency.ORDINARY, **more)


def _told(name: str, about: str, store: Store | None = None) -> Stage:
    """A device at #1 of epoch A whose hub says what the scenario wants."""
    if store is None:
        store = _following(Hub(A))
    stage = Stage(name, about, store)
    stage.connect(opening=5)
    stage.told(Welcome(START + 60, A))
    return stage


def gap() -> Json:
    """Data that begins above the cursor."""
    one, two, three = (_full(small(name)) for name in ("a", "b", "c"))
    about = (
        "Data that begins above the cursor is a gap: the device says so once and takes nothing until it is resumed. What lies "
        "at or below the cursor is a repetition; a frame that overlaps is taken, each item once."
    )
    stage = _told("gap and repetition", about)
    stage.told(Data(A, 2, 3, ((3, two),), 3), Data(A, 3, 4, ((4, three),), 4))
    stage.told(
        Data(A, 1, 2, ((2, one),), 4), Data(A, 1, 2, ((2, one),), 4), Data(A, 1, 4, ((2, one), (3, two), (4, three)), 4)
    )
    stage.told(Data(A, 4, 9, (), 9))
    return stage.done()


def quarantine() -> Json:
    """Items that cannot be used."""
    store = _following(Hub(A))
    store.tries[A, 3] = 2
    about = (
        "An item of an unknown form, and one whose decoding had been begun twice before (the process died each time; it is "
        "not tried again): both are kept, count as stored, and the hub is told. What stands beside them arrives."
    )
    stage = _told("quarantine", about, store)
    good = _full(small("b"))
    stage.told(Data(A, 1, 4, ((2, b"\x92\x09\xc4\x00"), (3, _full(small("a"))), (4, good)), 4))
    return stage.done()


def any_order() -> Json:
    """Withdrawals before and after what they withdraw."""
    store = _following(Hub(A))
    about = (
        "A bare withdrawal that comes before its alert holds against a source that knew less: the alert is kept, withdrawn, "
        "without an alarm. Against the newest word it does not hold: the hub knew of it, and sends the alert as in force. An "
        "expired alert has no alarm either. A cancel is stored and is never in force."
    )
    stage = _told("withdrawals in any order", about, store)
    stage.told(Ahead(A, ((7, pack_withdrawal([f"{SENDER},a", f"{SENDER},c"])),), 7))
    stage.told(Data(A, 1, 2, ((2, _full(small("a"))),), 6))
    stage.told(Data(A, 2, 3, ((3, _full(small("late"), expires=START)),), 7))
    stage.told(Data(A, 3, 4, ((4, _full(small("b"))),), 7))
    stage.told(Data(A, 4, 5, ((5, _full(small("c"))),), 7))
    stage.told(Data(A, 5, 7, ((6, _full(replacing("b-off", "b", "Cancel"))),), 7))
    return stage.done()


def keep_alive() -> Json:
    """Silence."""
    stage = _told("keep-alive", "After 55 s of silence the device asks; 20 s without an answer, and the link is dead.")
    stage.told(Ping(9))
    stage.passes(55)
    stage.tick()
    stage.told(Pong(1))
    stage.passes(54)
    stage.tick()
    stage.passes(1)
    stage.tick()
    stage.passes(20)
    stage.tick()
    return stage.done()


def short_answers() -> Json:
    """The hub answers less than was wanted."""
    about = (
        "An answer may deal with fewer numbers than were wanted, and with numbers that are no longer in force: what is left is "
        "wanted again. A kind of a later version is ignored."
    )
    stage = _told("short answers", about)
    stage.told(Roll(A, 6, ((A, (2, 3, 4)), (B, (1,)))))
    stage.told(Ahead(A, ((2, _full(small("a"))),), 6, None, 1))
    stage.told_raw(b"\x00\x92\x63\x01")
    stage.told(Ahead(A, ((3, _full(small("b"))),), 6, None, 1))
    stage.told(Ahead(A, (), 7, None, 1))
    stage.told(Ahead(B, ((1, _full(small("c"))),), 7, A, 1))
    stage.told(Rolled(A, 6, ((A, 6),), 7))
    return stage.done()


def owing() -> Json:
    """Frames that cross the request for a roll-call."""
    about = "What crosses the request for a roll-call: Data is left aside, gap or not; what comes ahead is taken, unconfirmed."
    stage = _told("owing", about)
    stage.ask()
    stage.told(Data(A, 1, 2, ((2, _full(small("a"))),), 2))
    stage.told(Data(A, 5, 6, (), 6))
    stage.told(Ahead(A, ((7, _full(small("d", "Extreme"))),), 7))
    stage.ask()
    stage.told(Roll(A, 7, ((A, (7, 2)),)))
    stage.told(Ahead(A, ((2, _full(small("a"))),), 7, None, 1))
    stage.told(Rolled(A, 7, ((A, 7),), 7))
    return stage.done()


def revived() -> Json:
    """The list brings back what was withdrawn, replaced, or not listed."""
    about = (
        "What is here but not in force, and is listed, is had again and so comes back, without a second alarm; a withdrawal "
        "that comes after it holds. What was not listed once and is listed later comes back too."
    )
    stage = _told("revived", about)
    one, two, three = (_full(small(name)) for name in ("a", "b", "c"))
    stage.told(Data(A, 1, 5, ((2, one), (3, two), (4, three), (5, pack_withdrawal([f"{SENDER},a", f"{SENDER},b"]))), 5))
    stage.told(Roll(A, 5, ((A, (2, 3)),)))
    stage.told(Ahead(A, ((2, one),), 5, None, 1), Ahead(A, ((3, two),), 5, None, 1))
    stage.told(Ahead(A, ((6, pack_withdrawal([f"{SENDER},b"])),), 6))
    stage.told(Rolled(A, 5, ((A, 6),), 6))
    stage.told(Roll(A, 6, ((A, (2, 4)),)), Ahead(A, ((4, three),), 6, None, 1), Rolled(A, 6, ((A, 6),), 6))
    return stage.done()


def languages_interrupted() -> Json:
    """A list while texts are asked for again."""
    hub = Hub(A)
    for name in ("north", "south"):
        hub.publish(_polyglot(name))
    about = (
        "A list puts an end to asking for other languages; what it lists is had again in them within the roll-call, and "
        "nothing is left to ask when that is complete."
    )
    stage = Stage("languages interrupted by a roll-call", about, _following(hub))
    stage.connect(opening=5)
    stage.told(Welcome(START + 60, A), Languages(("sw",)))
    stage.told(Roll(A, 3, ((A, (2, 3)),)))
    for number, name in ((2, "north"), (3, "south")):
        stage.told(Ahead(A, ((number, _full(_polyglot(name), languages=("sw",))),), 3, None, 1))
    stage.told(Rolled(A, 3, ((A, 3),), 3))
    return stage.done()


def languages_twice() -> Json:
    """The languages are set again before the first are here."""
    hub = Hub(A)
    for name in ("north", "south"):
        hub.publish(_polyglot(name))
    about = (
        "The hub sets other languages while an answer is due: the device waits for that answer, which is in the newest ones as "
        "is all that follows `Languages`, and asks anew for what is stale still."
    )
    stage = Stage("languages set twice", about, _following(hub))
    stage.connect(opening=5)
    stage.told(Welcome(START, A), Languages(("sw",)), Languages(("en",)))
    for number, name in ((2, "north"), (3, "south")):
        stage.told(Ahead(A, ((number, _full(_polyglot(name), languages=("en",))),), 3, None, 1))
    return stage.done()


def clock_wrong() -> Json:
    """An alert that had expired by a clock that was wrong."""
    about = (
        "The hub's clock was wrong and is put right: what had expired by the later time and is listed now is in force again, "
        "and its alarm, which was never due, is due."
    )
    stage = _told("a clock that was wrong", about)
    stage.told(Data(A, 1, 2, ((2, _full(small("a"), expires=START + 10)),), 2))
    stage.breaks()
    stage.connect()
    stage.told(Welcome(START, A), Roll(A, 2, ((A, (2,)),)))
    stage.told(Rolled(A, 2, ((A, 2),), 2))
    return stage.done()


def languages_passed_over() -> Json:
    """Something was no longer in force when its text was asked for again."""
    about = (
        "What the hub passes over is no longer in force and needs no other text; it stays stale, and is had again if a roll-call "
        "ever lists it again."
    )
    hub = Hub(A)
    hub.publish(_polyglot("north"))
    stage = Stage("languages passed over", about, _following(hub))
    stage.languages("sw")
    stage.connect(opening=5)
    stage.told(Welcome(START, A), Ahead(A, (), 2, None, 1))
    stage.breaks()
    stage.connect()
    stage.told(Welcome(START, A), Roll(A, 2, ((A, (2,)),)))
    stage.told(Ahead(A, ((2, _full(_polyglot("north"), languages=("sw",))),), 2, None, 1), Rolled(A, 2, ((A, 2),), 2))
    return stage.done()


def goodbye() -> Json:
    """The hub ends the connection."""
    stage = _told("goodbye", "The last frame of a connection. What the outbox has now waits for the next one.")
    stage.told(Goodbye(1, 600, "this store of the device has connected again"))
    stage.write(Receipt(START + 61, ReceiptState.SEEN, A, 2))
    return stage.done()


REFUSALS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "a frame before Welcome": ("before welcome", lambda stage: stage.refuses("before welcome", Data(A, 1, 2, (), 2))),
    "upto below after": ("", lambda stage: stage.refuses("order", Data(A, 1, 0, (), 2))),
    "items out of order": ("", lambda stage: stage.refuses("order", Data(A, 1, 3, ((3, b""), (2, b"")), 3))),
    "an item beyond upto": ("", lambda stage: stage.refuses("order", Data(A, 1, 2, ((3, b""),), 3))),
    "an item at after": ("", lambda stage: stage.refuses("order", Data(A, 1, 2, ((1, b""),), 3))),
    "an answer to nothing": ("", lambda stage: stage.refuses("answer", Ahead(A, (), 2, None, 1))),
    "an answer with what was not wanted": (
        "roll",
        lambda stage: stage.refuses("answer", Ahead(A, ((3, b""),), 2, None, 1)),
    ),
    "an answer to more than was wanted": ("roll", lambda stage: stage.refuses("answer", Ahead(A, (), 2, None, 2))),
    "Data during a roll-call": ("roll", lambda stage: stage.refuses("state", Data(A, 1, 2, (), 2))),
    "Rolled without a list": ("", lambda stage: stage.refuses("state", Rolled(A, 2, (), 2))),
    "Rolled for another list": ("empty roll", lambda stage: stage.refuses("answer", Rolled(A, 3, (), 3))),
    "a dictionary behind one that was not named": (
        "",
        lambda stage: stage.refuses("answer", Dictionary(bytes(6), 9000, 41, 97, 0)),
    ),
    "a frame that only a device sends": ("", lambda stage: stage.refuses("direction", Want(()))),
}


def refusals() -> list[Json]:
    """What a device must refuse, each on a connection of its own."""
    made = []
    for name, (before, refuse) in REFUSALS.items():
        about = "The hub breaks the protocol: the device says goodbye (reason 5), closes and comes back."
        stage = Stage(f"refused: {name}", about, _following(Hub(A)))
        stage.connect(opening=5)
        if before != "before welcome":
            stage.told(Welcome(START + 60, A))
        if before == "roll":
            stage.told(Roll(A, 2, ((A, (2,)),)))
        if before == "empty roll":
            stage.told(Roll(A, 2, ()))
        refuse(stage)
        made.append(stage.done())
    return made


FLOWS = (
    *(enrolment, resume, urgent_first, gap, any_order, quarantine, fork, clock_put_right, moved, interrupted),
    *(extreme_in_rolling, asked, languages_set, languages_chosen, receipts, uplink_resent, uplink_refused),
    *(
        short_answers,
        owing,
        revived,
        languages_interrupted,
        languages_twice,
        languages_passed_over,
        clock_wrong,
        keep_alive,
        goodbye,
    ),
)


def cases() -> list[Json]:
    """Every transcript."""
    return [*(flow() for flow in FLOWS), *refusals()]
