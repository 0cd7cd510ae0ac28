"""The alerts that the vectors carry, as CAP in JSON."""

from __future__ import annotations

from typing import Any

from alerts.cap.model import Alert

SENDER = "ops@moh.example"


def _info(event: str, severity: str, **more: Any) -> dict[str, Any]:
    kind = {"category": ["Health"], "event": event, "urgency": "Expected", "severity": severity, "certainty": "Likely"}
    return {**kind, **more}


def _alert(identifier: str, sent: str, info: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    head = {"identifier": identifier, "sender": SENDER, "sent": sent, "status": "Actual", "msgType": "Alert"}
    return {**head, "scope": "Public", "info": info, **more}


MINIMAL = _alert("min-1", "2026-03-01T08:30:00+03:00", [_info("Heat", "Minor")])

EXPIRING = _alert(
    "boil-7", "2026-03-01T05:30:00-00:00", [_info("Unsafe water", "Severe", expires="2026-03-03T05:30:00-00:00")]
)

UPDATE = _alert(
    "boil-8",
    "2026-03-02T05:30:00-00:00",
    [_info("Unsafe water", "Moderate", headline="Boil it", expires="2026-03-04T05:30:00-00:00")],
    msgType="Update",
    references=f"{SENDER},boil-7,2026-03-01T05:30:00-00:00",
)

CANCEL = _alert(
    "boil-9",
    "2026-03-02T06:00:00-00:00",
    [],
    msgType="Cancel",
    references=f"{SENDER},boil-8,2026-03-02T05:30:00-00:00",
)

NOTICE = _alert(
    "ack-1",
    "2026-03-02T06:05:00-00:00",
    [],
    msgType="Ack",
    references=f"{SENDER},boil-8,2026-03-02T05:30:00-00:00",
)

OFFSETS = _alert(
    "times-1",
    "2026-03-01T08:30:00+03:00",
    [
        _info(
            "Times in several offsets",
            "Unknown",
            effective="2026-03-01T05:30:00-00:00",
            onset="2026-03-01T09:30:00+04:00",
            expires="2026-03-01T20:30:00+03:00",
        )
    ],
)

LANGUAGES = _alert(
    "lang-1",
    "2026-03-01T08:30:00+03:00",
    [
        _info("Cholera", "Extreme", language="en", headline="Cholera in the valley"),
        _info("Kipindupindu", "Extreme", language="sw", headline="Kipindupindu bondeni"),
        _info("Choléra", "Extreme", language="fr-CD", headline="Choléra dans la vallée"),
    ],
)

EVERYTHING = _alert(
    "all-1",
    "2026-03-01T08:30:00+03:00",
    [
        _info(
            "Cholera",
            "Extreme",
            language="en-KE",
            category=["Health", "Infra"],
            responseType=["Prepare", "AllClear"],
            audience="Clinics on the river",
            eventCode=[{"valueName": "ICD-10", "value": "A00"}],
            effective="2026-03-01T08:30:00+03:00",
            onset="2026-03-01T09:00:00+03:00",
            expires="2026-03-08T08:30:00+03:00",
            senderName="Ministry of Health",
            headline="Cholera: treat water, isolate, report",
            description="Eleven confirmed cases. Ūñïçødé 水 🦠",
            instruction="Chlorinate at 2 mg/l.",
            web="https://moh.example/a/1",
            contact="+254 700 000 000",
            parameter=[{"valueName": "cases", "value": "11"}, {"valueName": "note", "value": ""}],
            resource=[
                {
                    "resourceDesc": "Poster",
                    "mimeType": "image/png",
                    "size": 5,
                    "derefUri": "AAECAwQ=",
                    "digest": "ab12",
                },
                {"resourceDesc": "Form", "mimeType": "text/html", "uri": "https://moh.example/f"},
            ],
            area=[
                {
                    "areaDesc": "Lower valley",
                    "polygon": ["1.0,36.0 1.5,36.0 1.5,36.5 1.0,36.0"],
                    "circle": ["1.2,36.2 4.5"],
                    "geocode": [{"valueName": "ADM", "value": "KE-047"}],
                    "altitude": "300",
                    "ceiling": "900.5",
                },
                {"areaDesc": "Upper valley"},
            ],
        )
    ],
    source="desk 3",
    scope="Restricted",
    restriction="health staff",
    addresses="clinic-3 clinic-4",
    code=["IPAWSv1.0", "x"],
    note="first of its kind",
    incidents="cholera-2026",
)


def alert(value: dict[str, Any]) -> Alert:
    """The alert, checked."""
    return Alert.from_json({name: part for name, part in value.items() if part != []})
