"""CAP XML in: leniently where files in the wild are, strictly where CAP is, safely whatever the bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cap.from_xml import TAGS_MAX, Reading, embedded_alerts, from_xml
from alerts.cap.rules import REMARKS_MAX
from alerts.cap.violations import VIOLATIONS_MAX
from alerts.errors import InvalidAlertError, Violation

CAP_1_2 = "urn:oasis:names:tc:emergency:cap:1.2"
HEAD = "<identifier>1</identifier><sender>moh.example</sender><sent>2026-03-01T08:30:00+03:00</sent>"
REST = "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
INFO_HEAD = "<category>Health</category><event>Cholera</event>"
INFO_REST = "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>"


def document(inside: str = "", *, info: str | None = None, head: str = HEAD + REST, version: str = "1.2") -> str:
    part = "" if info is None else f"<info>\n{INFO_HEAD}{INFO_REST}{info}\n</info>"
    return f'<alert xmlns="{CAP_1_2[:-3]}{version}">\n{head}\n{inside}{part}</alert>'


def read(text: str) -> Reading:
    return from_xml(text.encode())


def said(text: str) -> dict[str, str]:
    return {remark.path: remark.text for remark in read(text).remarks}


def wrong(data: bytes | str) -> tuple[Violation, ...]:
    with pytest.raises(InvalidAlertError) as caught:
        from_xml(data.encode() if isinstance(data, str) else data)
    return caught.value.violations


def test_a_clean_file_needs_no_remark() -> None:
    reading = read(document(info="<headline>Boil water</headline>"))
    assert (reading.remarks, reading.version) == ((), "1.2")
    assert reading.alert.info[0].headline == "Boil water"


def test_every_violation_comes_at_once_with_path_and_line() -> None:
    text = document(info="<expires>soon</expires>\n<area/>\n", head=f"{HEAD}\n<status>actual</status>")
    assert [(found.path, found.line) for found in wrong(text)] == [
        ("msgType", 1),
        ("scope", 1),
        ("status", 3),
        ("info[0].expires", 5),
        ("info[0].area[0].areaDesc", 6),
    ]


def test_an_element_that_stands_twice_is_a_violation() -> None:
    (found,) = wrong(document("\n<note>a</note>\n<note>b</note>"))
    assert (found.path, found.line) == ("note", 5)


def test_wrong_order_is_read_and_remarked() -> None:
    reading = read(document(f"<note>late</note>{REST}", head=HEAD))
    assert [(remark.path, remark.line) for remark in reading.remarks] == [("status", 3)]
    assert "stands after note" in reading.remarks[0].text


def test_what_is_outside_cap_is_remarked_with_its_line() -> None:
    inside = '<x:y xmlns:x="urn:x"/>\n<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>\n<noted/>'
    reading = read(document(inside))
    assert [(remark.path, remark.line) for remark in reading.remarks] == [("x:y", 3), ("Signature", 4), ("noted", 5)]
    assert "did you mean note?" in reading.remarks[2].text


def test_attributes_stray_text_and_markup_are_remarked() -> None:
    remarks = said(document('<note lang="en">boil <b>all</b> water</note> stray'))
    assert set(remarks) == {"note@lang", "note.b", "alert"}
    assert read(document("<note>boil <b>all</b> water</note>")).alert.note == "boil all water"


def test_comments_and_cdata_belong_to_the_text_or_to_nothing() -> None:
    assert read(document("<note>a<!-- x -->b<![CDATA[ <c> ]]>&amp;</note>")).alert.note == "ab <c> &"


@pytest.mark.parametrize(
    ("info", "path", "text"),
    [
        ("<expires>2026-03-02T08:30:00.5Z</expires>", "info[0].expires", "read as 2026-03-02T08:30:00-00:00"),
        ("<language>en_US</language>", "info[0].language", "read as en-US"),
        ("<language/>", "info[0].language", "left out"),
        ("<onset> </onset>", "info[0].onset", "left out"),
        ("<responseType/>", "info[0].responseType[0]", "left out"),
        ("<instruction/>", "info[0].instruction", "kept as it is"),
        ("<area><areaDesc>x</areaDesc><polygon/></area>", "info[0].area[0].polygon[0]", "kept as it is"),
        (
            "<resource><resourceDesc>x</resourceDesc><mimeType>y</mimeType><size>007</size></resource>",
            "info[0].resource[0].size",
            "kept as 7",
        ),
    ],
)
def test_what_files_in_the_wild_do_is_read_and_remarked(info: str, path: str, text: str) -> None:
    assert text in said(document(info=info))[path]


def test_very_likely_is_likely() -> None:
    text = document(info="").replace("<certainty>Likely", "<certainty>Very Likely")
    assert read(text).alert.info[0].certainty == "Likely"
    assert "CAP 1.0" in said(text)["info[0].certainty"]


@pytest.mark.parametrize("mime_type", ["", "<mimeType/>"])
def test_what_cap_1_1_did_not_demand_is_filled_and_remarked(mime_type: str) -> None:
    resource = f"<resource><resourceDesc>map</resourceDesc>{mime_type}</resource>"
    text = document(info=resource, version="1.1")
    assert read(text).alert.info[0].resource[0].mime_type == "application/octet-stream"
    assert list(said(text)) == ["info[0].resource[0].mimeType"]
    assert [found.path for found in wrong(document(info=resource))] == ["info[0].resource[0].mimeType"]


def test_a_wrapped_alert_is_found_and_not_silently_unwrapped() -> None:
    feed = f"<feed><entry>\n<content>{document()}</content></entry><entry><content>{document('<x/>')}</content></entry></feed>"
    assert "2 CAP alerts inside" in wrong(feed)[0].problem
    first, second = embedded_alerts(feed.encode())
    assert (first.path, first.line) == ("feed/entry[1]/content/alert", 2)
    assert first.read().alert.identifier == "1"
    assert [remark.path for remark in second.read().remarks] == ["x"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<alert>", "not well-formed"),
        (b"hello", "not well-formed"),
        (document("<note>a\0b</note>").encode(), "not well-formed"),
        (document("<note>&nbsp;</note>").encode(), "not well-formed"),
        (document("<note>\xe9</note>").encode("latin-1"), "not well-formed"),
        (b"<alert/>", "in the namespace (none)"),
        (b'<alert xmlns="http://www.incident.com/cap/1.0"/>', "CAP 1.0"),
        (b'<alert xmlns="urn:other"/>', "urn:other"),
        (b"<feed/>", "is <feed>, not a CAP <alert>"),
        (b"x" * 3_000_000, "the limit is"),
    ],
)
def test_what_is_no_cap_document_says_why(data: bytes, problem: str) -> None:
    assert problem in wrong(data)[0].problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16", "windows-1252"])
def test_encodings_are_read_as_declared(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + document("<note>Usulután</note>")
    assert from_xml(text.encode(encoding)).alert.note == "Usulután"


# -- hostile bytes ----------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "subset",
    [
        "",
        f'[<!ENTITY l0 "ha">{LAUGHS}]',
        '[<!ENTITY x SYSTEM "file:///etc/passwd">]',
        '[<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]',
        'SYSTEM "http://127.0.0.1:9/cap.dtd"',
        '[<!ATTLIST note a CDATA "b">]',
    ],
)
@pytest.mark.parametrize("note", ["<note>&l11;</note>", '<note a="&l11;"/>', "<note>&x;</note>", ""])
def test_a_doctype_is_refused_and_nothing_is_expanded_or_fetched(subset: str, note: str) -> None:
    text = f"<!DOCTYPE alert {subset}>" + document(note)
    problem = wrong(text)[0].problem
    assert "DOCTYPE" in problem or "not well-formed" in problem
    assert "root:" not in problem


def test_a_doctype_in_utf_16_is_refused_too() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE alert>' + document()
    assert "DOCTYPE" in wrong(text.encode("utf-16"))[0].problem


def test_deep_nesting_ends_in_words() -> None:
    assert "not well-formed" in wrong(document("<a>" * 5000 + "</a>" * 5000))[0].problem
    assert said(document("<a>" * 200 + "</a>" * 200)) == {"a": "is not an element that CAP has here; left out"}


def test_ten_megabytes_of_text_are_refused_before_parsing_and_survived_if_allowed() -> None:
    data = document(f"<note>{'a' * 10_000_001}</note>").encode()
    assert "the limit is" in wrong(data)[0].problem
    with pytest.raises(InvalidAlertError, match="not well-formed"):
        from_xml(data, bytes_max=20_000_000)


def test_tags_are_bounded_before_parsing() -> None:
    assert "more than" in wrong(b"<a/>" * (TAGS_MAX + 1))[0].problem


def test_remarks_are_bounded_and_the_rest_is_counted() -> None:
    remarks = read(document("<x/>" * 1000)).remarks
    assert len(remarks) == REMARKS_MAX + 1
    assert any(remark.text == f"{1000 - REMARKS_MAX} more remarks are left out" for remark in remarks)


def test_violations_are_bounded_and_the_rest_is_counted() -> None:
    for text in (document("<note/>" * 1000), document(info="<responseType>x</responseType>" * 1000)):
        violations = wrong(text)
        assert len(violations) <= VIOLATIONS_MAX + 2
        assert any("more violations are not named" in found.problem for found in violations)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: document(text).encode(errors="replace")))
def test_any_bytes_end_in_an_alert_or_in_violations(data: bytes) -> None:
    try:
        from_xml(data)
    except InvalidAlertError as error:
        assert error.violations
