"""Are two CAP documents the same alert? Judged on the XML itself, by nothing of the code under test.

Same CAP elements, same order of repeated ones, same text (outer white space aside), times the same instant and offset.
What may differ is only what docs/cap.md names: the order of different elements, what is outside CAP, and the stated
readings (an empty element where the schema has no empty value counts as absent; CAP 1.1's absent mimeType counts as
application/octet-stream; CAP 1.0's "Very Likely" as Likely; en_US as en-US).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

NAMESPACES = {"urn:oasis:names:tc:emergency:cap:1.2": "1.2", "urn:oasis:names:tc:emergency:cap:1.1": "1.1"}
SPACE = " \t\r\n"

Known = dict[str, Any]  # the elements inside an element; of one that holds text, none


def _texts(names: str) -> Known:
    return {name: {} for name in names.split()}


NAMED = _texts("valueName value")
RESOURCE = _texts("resourceDesc mimeType size uri derefUri digest")
AREA = _texts("areaDesc polygon circle altitude ceiling") | {"geocode": NAMED}
INFO = (
    _texts("language category event responseType urgency severity certainty audience effective onset expires")
    | _texts("senderName headline description instruction web contact")
    | {"eventCode": NAMED, "parameter": NAMED, "resource": RESOURCE, "area": AREA}
)
ALERT = (
    _texts("identifier sender sent status msgType source scope restriction addresses code note references incidents")
) | {"info": INFO}

TIMES = {"sent", "effective", "onset", "expires"}
WITHOUT_EMPTY_VALUE = TIMES | {"responseType", "language", "size", "altitude", "ceiling"}

MANDATORY = {
    "alert": ("identifier", "sender", "sent", "status", "msgType", "scope"),
    "info": ("category", "event", "urgency", "severity", "certainty"),
    "resource": ("resourceDesc", "mimeType"),
    "area": ("areaDesc",),
    "eventCode": ("valueName",),
    "parameter": ("valueName",),
    "geocode": ("valueName",),
}
CATEGORIES = "Geo,Met,Safety,Security,Rescue,Fire,Health,Env,Transport,Infra,CBRNE,Other"
ANY_UNKNOWN = {"Unknown"}
TERMS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": set(CATEGORIES.split(",")),
    "urgency": {"Immediate", "Expected", "Future", "Past"} | ANY_UNKNOWN,
    "severity": {"Extreme", "Severe", "Moderate", "Minor"} | ANY_UNKNOWN,
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Very Likely"} | ANY_UNKNOWN,
}

Flat = dict[str, str]


def differences(before: bytes, after: bytes) -> list[str]:
    """Each path whose value is not the same in both; empty if the two say the same."""
    first, second = flat(before), flat(after)
    paths = list(first) + [path for path in second if path not in first]
    return [
        f"{path}: {first.get(path, 'absent')!r} became {second.get(path, 'absent')!r}"
        for path in paths
        if first.get(path) != second.get(path)
    ]


def flat(data: bytes) -> Flat:
    """Path → value, for all that CAP defines. A part that has elements is a path with an empty value."""
    root = ElementTree.fromstring(data)
    namespace = root.tag[1:].split("}")[0]
    assert NAMESPACES[namespace] and root.tag.endswith("}alert")
    return dict(_flatten(root, ALERT, "", namespace))


def _flatten(element: ElementTree.Element, known: Known, path: str, namespace: str) -> Iterator[tuple[str, str]]:
    counts: dict[str, int] = {}
    for child in element:
        name = child.tag.removeprefix(f"{{{namespace}}}")
        if name not in known:
            continue
        inner = known[name]
        value = "" if inner else _value(name, child)
        if value == "" and name in WITHOUT_EMPTY_VALUE:
            continue
        at = f"{path}/{name}[{counts.setdefault(name, 0)}]"
        counts[name] += 1
        yield at, value
        yield from _flatten(child, inner, at, namespace)
    if known is RESOURCE and NAMESPACES[namespace] == "1.1" and "mimeType" not in counts:
        yield f"{path}/mimeType[0]", "application/octet-stream"


def _value(name: str, leaf: ElementTree.Element) -> str:
    text = "".join(leaf.itertext()).strip(SPACE)
    if name in TIMES and text:
        return _time(text)
    if name == "size" and re.fullmatch(r"[+-]?\d+", text):
        return str(int(text))
    if name == "certainty" and text == "Very Likely":
        return "Likely"
    return text.replace("_", "-") if name == "language" else text


def _time(text: str) -> str:
    """The instant in whole seconds, and the offset; Z is the same as -00:00, +00:00 is not."""
    match = re.fullmatch(r"(\S+?)(?:[.,]\d+)?([+-]\d\d:?\d\d|[Zz])", text)
    if not match:
        return text
    offset = "-00:00" if match[2] in "Zz" else match[2]
    east = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])) * (-1 if offset[0] == "-" else 1)
    return f"{(datetime.fromisoformat(match[1]) - east).isoformat()} {offset[:3]}:{offset[-2:]}"


def lacking(data: bytes) -> list[str]:
    """The mandatory values of CAP that a well-formed alert does not have, or has only in a form that CAP forbids."""
    root = ElementTree.fromstring(data)
    namespace = root.tag[1:].split("}")[0]
    return [*_conditional(root, namespace), *_lacking(root, "alert", namespace)]


def _lacking(element: ElementTree.Element, name: str, namespace: str) -> Iterator[str]:
    for wanted in MANDATORY.get(name, ()):
        texts = [(child.text or "").strip(SPACE) for child in element.findall(f"{{{namespace}}}{wanted}")]
        if wanted == "mimeType" and NAMESPACES[namespace] == "1.1":
            continue
        if not texts or not all(text and text in TERMS.get(wanted, {text}) for text in texts):
            yield f"{name}/{wanted}"
    for child in element:
        yield from _lacking(child, child.tag.removeprefix(f"{{{namespace}}}"), namespace)


def _conditional(root: ElementTree.Element, namespace: str) -> Iterator[str]:
    def text(name: str) -> str:
        return (root.findtext(f"{{{namespace}}}{name}") or "").strip(SPACE)

    for name in ("identifier", "sender"):
        if re.search(r"[\s,<&]", text(name)):
            yield f"alert/{name}"
    if text("scope") == "Restricted" and not text("restriction"):
        yield "alert/restriction"
    if text("scope") == "Private" and not text("addresses"):
        yield "alert/addresses"
    if text("msgType") in {"Update", "Cancel", "Ack", "Error"}:
        triples = text("references").split()
        if not triples or any(triple.count(",") != 2 for triple in triples):
            yield "alert/references"
