"""CAP XML → alert: versions 1.2 and 1.1, safe against hostile XML, and silent about nothing.

What CAP does not define (vendor elements, XML signatures, attributes) cannot be kept and is remarked with path and
line. What breaks CAP is a violation with path and line; all of them come at once. A DOCTYPE is refused, no entity is
expanded, nothing is fetched, and size and number of elements are bounded before the parser starts.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

from lxml import etree

from alerts.cap import rules, times
from alerts.cap.elements import NAMESPACE_1_0, NAMESPACE_1_1, NAMESPACE_1_2, Element, Kind, elements_of
from alerts.cap.model import XML_SPACE, Alert, CapModel
from alerts.cap.rules import REMARKS_MAX, Remark
from alerts.cap.violations import VIOLATIONS_MAX, more
from alerts.errors import InvalidAlertError, Violation
from alerts.limits import ALERT_BYTES_MAX

TAGS_MAX = 200_000  # start and end tags, comments: what a parser builds objects for
MIME_TYPE_UNSTATED = "application/octet-stream"  # RFC 2046 §4.5.1; CAP 1.1 let mimeType be absent
VERSIONS = {NAMESPACE_1_2: "1.2", NAMESPACE_1_1: "1.1"}

_SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
_WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_NO_EMPTY_VALUE = {"language", "altitude", "ceiling"}  # of the texts; terms, times and numbers have none either

Found = TypeVar("Found", Violation, Remark)


@dataclass(frozen=True)
class Reading:
    """An alert, and what is to be said about the file it came from, by line."""

    alert: Alert
    remarks: tuple[Remark, ...]
    version: str


@dataclass(frozen=True)
class Embedded:
    """A CAP alert inside another document (Atom, RSS, EDXL-DE): where it stands, and the element to read."""

    path: str
    line: int | None
    element: etree._Element

    def read(self) -> Reading:
        """As `from_xml`; lines are those of the whole document."""
        return _read_alert(self.element)


def from_xml(data: bytes, *, bytes_max: int = ALERT_BYTES_MAX) -> Reading:
    """Read a document whose root is a CAP alert; InvalidAlertError names all that is wrong, with lines.

    An alert wrapped in another document is not unwrapped: see `embedded_alerts`.
    """
    root = parse_document(data, bytes_max)
    if _local(root) == "alert" and _namespace(root) in VERSIONS:
        return _read_alert(root)
    raise InvalidAlertError([Violation("document", _not_an_alert(root), _source_line(root))])


def embedded_alerts(data: bytes, *, bytes_max: int = ALERT_BYTES_MAX) -> list[Embedded]:
    """The CAP alerts inside a document, in order; the document itself if it is one."""
    root = parse_document(data, bytes_max)
    tree = root.getroottree()
    return [Embedded(_plain_path(tree.getpath(alert), alert), _source_line(alert), alert) for alert in _alerts_in(root)]


def _alerts_in(root: etree._Element) -> Iterable[etree._Element]:
    return root.iter(*(f"{{{namespace}}}alert" for namespace in VERSIONS))


def _plain_path(path: str, alert: etree._Element) -> str:
    """`/*/*[3]/*/*` with the names in it: feed/entry[3]/content/alert."""
    chain = [alert, *alert.iterancestors()][::-1]
    counts = [re.search(r"\[\d+\]$", step) for step in path.split("/")[1:]]
    return "/".join(_local(step) + (count[0] if count else "") for step, count in zip(chain, counts, strict=True))


def parse_document(data: bytes, bytes_max: int = ALERT_BYTES_MAX) -> etree._Element:
    """The root of well-formed XML without a DOCTYPE and within bounds, or InvalidAlertError."""
    if len(data) > bytes_max:
        raise _refused(f"has {len(data)} bytes; the limit is {bytes_max}")
    if data.count(b"<") > TAGS_MAX:
        raise _refused(f"has more than {TAGS_MAX} tags")
    if not data.strip():
        raise _refused("is empty")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refused(f"is not well-formed XML: {error.msg}", error.lineno) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused("has a DOCTYPE; CAP needs none, and it can hide attacks: remove it", 1)
    return root


def _refused(problem: str, line: int | None = None) -> InvalidAlertError:
    return InvalidAlertError([Violation("document", problem, line)])


def _not_an_alert(root: etree._Element) -> str:
    if _namespace(root) == NAMESPACE_1_0:
        return "is CAP 1.0, which is written too differently to be read; convert it to CAP 1.2"
    inside = sum(1 for _ in _alerts_in(root))
    if inside:
        return (
            f"is <{_local(root)}>, not a CAP alert, with {inside} CAP alert{'s'[: inside != 1]} inside; send each alone"
        )
    if _local(root) == "alert":
        return f"is an <alert> in the namespace {_namespace(root) or '(none)'}; CAP 1.2 has xmlns={NAMESPACE_1_2!r}"
    return f"is <{_local(root)}>, not a CAP <alert>"


def _read_alert(element: etree._Element) -> Reading:
    walk = _Walk(_namespace(element))
    values = walk.part(element, Alert, "")
    try:
        alert = Alert.model_validate(values)
    except InvalidAlertError as error:
        walk.violations.extend(error.violations)
    if walk.violations:
        named = [_with_line(found, walk.lines) for found in walk.violations[: VIOLATIONS_MAX + 1]]
        raise InvalidAlertError(_by_line(named) + more(len(walk.violations) - len(named)))
    walk.remarks.extend(_with_line(remark, walk.lines) for remark in rules.remarks(alert))
    return Reading(alert, tuple(_by_line(walk.all_remarks())), VERSIONS[walk.namespace])


@dataclass
class _Walk:
    """One pass over an alert's elements: its values under CAP's names, where each stood, and what was noticed."""

    namespace: str
    lines: dict[str, int | None] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    unsaid: int = 0

    def part(self, parent: etree._Element, part: type[CapModel], at: str) -> dict[str, Any]:
        """The values of an element that has elements."""
        self.lines[at or "alert"] = _source_line(parent)
        self._attributes(parent, at)
        self._stray_text(parent, at)
        known = elements_of(part)
        children = [child for child in parent if self._is_known(child, known, at)]
        self._order(children, known, at)
        values: dict[str, Any] = {}
        for child in children:
            element = known[_local(child)]
            self._put(values, element, child, f"{at}.{element.name}" if at else element.name)
        self._fill(values, part, at)
        return values

    def _put(self, values: dict[str, Any], element: Element, child: etree._Element, path: str) -> None:
        if element.many:
            entries = values.setdefault(element.name, [])
            value = self._value(element, child, f"{path}[{len(entries)}]")
            if value is not None:
                entries.append(value)
        elif element.name in values:
            self.violations.append(Violation(path, "stands here once more; CAP allows it once", _source_line(child)))
        else:
            value = self._value(element, child, path)
            if value is not None:
                values[element.name] = value

    def _value(self, element: Element, child: etree._Element, path: str) -> Any:
        if element.part:
            return self.part(child, element.part, path)
        self.lines[path] = _source_line(child)
        self._attributes(child, path)
        text = self._text(child, path)
        no_empty_value = element.kind is not Kind.TEXT or element.name in _NO_EMPTY_VALUE
        if not text and no_empty_value and (not element.required):
            return self._say(path, "is empty, which CAP's schema does not allow here; left out")
        return self._converted(element, text, path)

    def _converted(self, element: Element, text: str, path: str) -> Any:
        """A text as the model takes it; what cannot be read stays text, and the model says what is wrong with it."""
        if element.kind is Kind.TIME:
            return self._time(text, path)
        if element.kind is Kind.WHOLE and _WHOLE.fullmatch(text):
            if str(int(text)) != text:
                self._say(path, f"{text!r} is kept as {int(text)}")
            return int(text)
        if element.name == "certainty" and text == "Very Likely":  # CAP 1.2 §3.2.2, from CAP 1.0
            self._say(path, "'Very Likely' is a term of CAP 1.0; read as Likely, as CAP 1.2 says")
            return "Likely"
        if element.name == "language" and "_" in text:
            self._say(path, f"{text!r} is not a language tag; read as {text.replace('_', '-')}")
            return text.replace("_", "-")
        return text

    def _time(self, text: str, path: str) -> times.CapTime | str:
        try:
            time, difference = times.read_loosely(text)
        except ValueError:
            return text
        if difference:
            self._say(path, difference)
        return time

    def _text(self, leaf: etree._Element, path: str) -> str:
        for inner in leaf:
            self._say(f"{path}.{_name(inner)}", "is markup inside a text; its text is kept, the markup is not", inner)
        return "".join(str(text) for text in leaf.itertext()).strip(XML_SPACE)

    def _is_known(self, child: etree._Element, known: dict[str, Element], at: str) -> bool:
        if _namespace(child) == self.namespace and _local(child) in known:
            return True
        path = f"{at}.{_name(child)}" if at else _name(child)
        if _namespace(child) == _SIGNATURES:
            self._say(path, "is an XML signature, which holds for the file as it was; left out", child)
        elif _namespace(child) == self.namespace:
            self._say(path, f"is not an element that CAP has here{self._hint(child, known)}; left out", child)
        else:
            self._say(path, f"is outside CAP (namespace {_namespace(child) or 'none'}); left out", child)
        return False

    def _hint(self, child: etree._Element, known: dict[str, Element]) -> str:
        """What a misspelt name probably means; not worked out for remarks that are only counted."""
        name = _local(child).lower()
        if len(self.remarks) >= REMARKS_MAX or len(name) > max(map(len, known)) + 3:
            return ""
        near = difflib.get_close_matches(name, known, 1, cutoff=0.8)
        return f" (did you mean {near[0]}?)" if near else ""

    def _order(self, children: list[etree._Element], known: dict[str, Element], at: str) -> None:
        ranks = {name: rank for rank, name in enumerate(known)}
        for before, child in pairwise(children):
            if ranks[_local(child)] < ranks[_local(before)]:
                path = f"{at}.{_local(child)}" if at else _local(child)
                self._say(path, f"stands after {_local(before)}, against CAP's order; written in order", child)

    def _attributes(self, element: etree._Element, path: str) -> None:
        names = element.keys()
        for name in names[:REMARKS_MAX]:  # each look-up walks along all attributes: not for a hundred thousand of them
            value = (element.get(name) or "")[:60]
            at = f"{path or 'alert'}@{etree.QName(name).localname}"
            self._say(at, f"is an attribute, and CAP has none; {value!r} is left out", element)
        self.unsaid += len(names[REMARKS_MAX:])

    def _stray_text(self, parent: etree._Element, at: str) -> None:
        texts = [parent.text, *(child.tail for child in parent)]
        stray = " ".join(text.strip() for text in texts if text and text.strip())
        if stray:
            self._say(at or "alert", f"has text between its elements; {stray[:60]!r} is left out", parent)

    def _fill(self, values: dict[str, Any], part: type[CapModel], at: str) -> None:
        if part.__name__ == "Resource" and self.namespace == NAMESPACE_1_1 and not values.get("mimeType"):
            values["mimeType"] = MIME_TYPE_UNSTATED
            self._say(f"{at}.mimeType", f"is missing, as CAP 1.1 allows; written as {MIME_TYPE_UNSTATED}")

    def _say(self, path: str, text: str, element: etree._Element | None = None) -> None:
        if len(self.remarks) >= REMARKS_MAX:
            self.unsaid += 1
            return
        remark = Remark(path, text, None if element is None else _source_line(element))
        self.remarks.append(_with_line(remark, self.lines))

    def all_remarks(self) -> list[Remark]:
        """The remarks, and how many more there would have been."""
        more = [Remark("alert", f"{self.unsaid} more remarks are left out")] if self.unsaid else []
        return self.remarks + more


def _with_line(found: Found, lines: dict[str, int | None]) -> Found:
    """With the line of its path, or of the nearest element around it."""
    path = found.path
    while found.line is None and path not in lines and path != "alert":
        path = path[: max(path.rfind("."), path.rfind("["), 0)] or "alert"
    return found if found.line is not None else replace(found, line=lines.get(path))


def _by_line(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: one.line or 0)


def _source_line(element: etree._Element) -> int | None:
    line: Any = element.sourceline  # the stubs have no type for it
    return line if isinstance(line, int) else None


def _namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _name(element: etree._Element) -> str:
    """As it is written: with its prefix."""
    return f"{element.prefix}:{_local(element)}" if element.prefix else _local(element)
