"""The report has every encoding in the form that machines read, and figures that agree with each other."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import median

import pytest

from netsim.bench.wire import plain
from netsim.bench.wire.carriage import delivered, frame_bytes
from netsim.bench.wire.corpus import halves, read_corpus
from netsim.bench.wire.measure import Report, length_class, report
from netsim.workload import sample_folder
from tests.netsim.bench.wire.lines import line, write_lines

NAMES = [
    "cap_xml",
    "json",
    "json_permessage_deflate",
    "brotli",
    "msgpack_zstd",
    "tocsin_shipped",
    "tocsin_trained",
    "mqtt5_ws",
    "centrifugo_json",
    "centrifugo_protobuf",
    "ntfy",
]


@cache
def _samples() -> Report:
    training, measured = halves(read_corpus(Path(str(sample_folder()))))
    return report(measured, training)


def test_every_encoding_is_measured_as_a_message_and_delivered() -> None:
    told = _samples().as_json()
    assert list(told["encodings"]) == list(told["delivered"]) == NAMES
    for name in NAMES:
        message, whole = told["encodings"][name], told["delivered"][name]
        assert set(message) == set(whole) == {"median", "mean", "short_median"}
        assert message["short_median"] < message["median"] < whole["median"]
        assert message["short_median"] < whole["short_median"]
    assert told["alerts"] == len(_samples().alerts) > told["short_alerts"] > 0
    assert told["catch_up_20_bytes_per_alert"] == told["catch_up"]["to_ip"] > 0
    assert told["reconnect_empty_bytes"] == told["reconnect_empty"]["up"] + told["reconnect_empty"]["down"]


def test_the_figures_are_those_of_the_messages() -> None:
    made = _samples()
    sizes = [len(plain.as_json(one.alert)) for one in made.alerts]
    figures = made.as_json()["encodings"]["json"]
    assert figures["median"] == median(sizes)
    assert figures["mean"] == pytest.approx(sum(sizes) / len(sizes), abs=0.1)
    assert made.sizes["json"].delivered == tuple(delivered(frame_bytes(size)).total for size in sizes)


def test_what_may_not_be_larger_is_not() -> None:
    means = {name: figures["mean"] for name, figures in _samples().as_json()["encodings"].items()}
    assert means["tocsin_trained"] < means["tocsin_shipped"] < means["json"] < means["cap_xml"]
    for wrapped in ("mqtt5_ws", "centrifugo_json", "centrifugo_protobuf"):
        assert means["json"] < means[wrapped]
    assert means["centrifugo_protobuf"] < means["centrifugo_json"]


def test_sources_and_lengths_are_told_apart(tmp_path: Path) -> None:
    lines = [
        line(sent=index + 1, source=source, description="x" * chars, headline="", instruction="")
        for index, (source, chars) in enumerate([("b", 10), ("a", 500), ("a", 2000), ("b", 5000)])
    ]
    told = report(read_corpus(write_lines(tmp_path / "a.jsonl", *lines)), []).as_json()
    assert list(told["by_source"]) == ["a", "b"]
    assert [one["alerts"] for one in told["by_source"].values()] == [2, 2]
    assert list(told["by_length"]) == ["under 300", "300 to 999", "1000 to 2999", "3000 and more"]
    assert all(set(one["encodings"]) == set(NAMES) for one in told["by_length"].values())
    assert told["trained_on"] is None
    assert told["encodings"]["tocsin_trained"] == told["encodings"]["tocsin_shipped"], "there was nothing to train on"


def test_without_short_alerts_there_is_no_figure_of_them(tmp_path: Path) -> None:
    told = report(read_corpus(write_lines(tmp_path / "a.jsonl", line(description="x" * 400))), []).as_json()
    assert told["encodings"]["json"]["short_median"] is None


def test_the_same_corpus_has_the_same_figures() -> None:
    training, measured = halves(read_corpus(Path(str(sample_folder()))))
    again, before = report(measured, training).as_json(), _samples().as_json()
    assert again.pop("speed").keys() == before.pop("speed").keys()
    assert again == before


def test_lengths_begin_and_end_where_they_say() -> None:
    classes = [length_class(chars) for chars in (0, 299, 300, 999, 1000, 2999, 3000)]
    assert classes == [
        *("under 300", "under 300", "300 to 999", "300 to 999"),
        *("1000 to 2999", "1000 to 2999", "3000 and more"),
    ]


REAL_ONE_IN = 8
"""All of the corpus is for the bench."""


@pytest.mark.needs("corpus")
def test_real_alerts_are_measured(corpus_lines: Path) -> None:
    training, measured = halves(list(read_corpus(corpus_lines))[::REAL_ONE_IN])
    told = report(measured, training).as_json()
    assert told["encodings"]["tocsin_trained"]["median"] < told["encodings"]["json"]["median"]
    assert told["catch_up"]["missed"] == 20


@pytest.fixture
def corpus_lines() -> Path:
    from tests.support.needs import corpus

    folder = corpus()
    assert folder is not None
    if not (folder / "alerts.jsonl").is_file():
        pytest.skip("needs corpus: one with alerts.jsonl")
    return folder
