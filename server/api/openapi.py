"""The OpenAPI 3.1 document, made from the routes, their operations and the types; nothing in it is written twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from openapi_pydantic import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from alerts.cap.model import Alert
from server.api.attribute_docs import Described
from server.api.handler import ApiHandler
from server.api.operation import (
    GEOJSON,
    HEADER_CHARS_MAX,
    HEADER_PATTERN,
    HEADER_PATTERNS,
    JSON,
    SSE,
    Answer,
    Body,
    Operation,
    operations_of,
)
from server.api.problems import MEDIA_TYPE, PROBLEMS
from server.api.types import FollowUpBody, ProblemAnswer, PublishBody

REF = "#/components/schemas/"
COMMON = ("bad-request", "unknown-parameter", "parameter-invalid", "credential-in-address", "headers-too-large")
COMMON_FAILURES = ("internal", "overloaded", "stopping", "store-failed")
OF_CREDENTIALS = ("unauthorized", "credential-revoked", "forbidden")
OF_BODIES = ("length-required", "request-timeout", "content-too-large", "unsupported-media-type", "body-invalid")
OF_CHANGES = ("origin-refused", "store-full")

EVENT = {
    "type": "object",
    "description": "One event of the stream; the body is a sequence of these.",
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": JSON},
        "id": {"type": "string"},
    },
}

DESCRIPTION = """Publish health alerts to field devices, and see who has them.

Alerts are CAP 1.2. Every error is a problem document (RFC 9457). Credentials are tokens, made with `tocsin-hub token make`, and
go into the header `Authorization: Bearer …`; a viewer reads, an author publishes too, an approver
approves, an administrator may do everything."""


def make_document(routes: Mapping[str, type[ApiHandler]]) -> dict[str, Any]:
    """The document, checked for its structure."""
    operations = {path: operations_of(handler) for path, handler in routes.items()}
    schemas = _schemas(operations)
    document = {
        "openapi": "3.1.1",
        "info": {
            "title": "Tocsin hub",
            "version": version("tocsin"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            path: {method.lower(): _operation(path, method, one, schemas) for method, one in methods.items()}
            for path, methods in operations.items()
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: schema for name, schema in schemas.items() if not name.endswith("Query")},
        },
        "tags": [
            {"name": name} for name in ("alerts", "devices", "places", "feeds", "operations", "health", "description")
        ],
    }
    OpenAPI.model_validate(document)
    return document


# -- schemas ----------------------------------------------------------------------------------------------------------


def _schemas(operations: Mapping[str, Mapping[str, Operation]]) -> dict[str, Any]:
    asked: dict[type[BaseModel], None] = {Alert: None}
    said: dict[type[BaseModel], None] = {ProblemAnswer: None}
    for methods in operations.values():
        for one in methods.values():
            asked |= {one.query: None} | ({one.body.type: None} if one.body and one.body.type else {})
            said |= {answer.type: None for answer in one.answers.values() if answer.type}
    models: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in asked]
    models += [(model, "serialization") for model in said]
    _, found = models_json_schema(models, by_alias=True, ref_template=REF + "{model}", schema_generator=Described)
    schemas: dict[str, Any] = found["$defs"]
    twice = [model.__name__ for model, _ in models if model.__name__ not in schemas]
    assert not twice, f"two types of the API have the same name: {twice}"
    _put_alerts_in(schemas)
    return schemas


def _put_alerts_in(schemas: dict[str, Any]) -> None:
    """Bodies hold an alert of which the hub can fill some members: the type says `dict`, the document says which."""
    alert = schemas["Alert"]
    required = [name for name in alert["required"] if name not in ("identifier", "sent")]
    schemas["NewAlert"] = {**alert, "title": "NewAlert", "required": required}
    schemas["AlertMembers"] = {name: value for name, value in alert.items() if name != "required"} | {
        "title": "AlertMembers"
    }
    for body, members in ((PublishBody, "NewAlert"), (FollowUpBody, "AlertMembers")):
        properties = schemas[body.__name__]["properties"]
        properties["alert"] = {"$ref": REF + members, "description": properties["alert"]["description"]}


# -- operations -------------------------------------------------------------------------------------------------------


def _operation(path: str, method: str, one: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": _operation_id(path, method),
        "summary": one.summary,
        "description": one.description + _who(one),
        "tags": [one.tag],
        "parameters": [*_path_parameters(path), *_query_parameters(one, schemas), *_header_parameters(one)],
        "responses": {**_answers(one), **_problems(path, method, one)},
        "security": [] if one.roles is None else [{"token": []}],
    }
    if one.body:
        made["requestBody"] = _body(one.body)
    return made


def _operation_id(path: str, method: str) -> str:
    words = re.sub(r"[{}]", "", path.removeprefix("/v1")).replace(".", "-").strip("/").split("/")
    return "-".join([method.lower(), *words])


def _who(one: Operation) -> str:
    if one.roles is None:
        return "\n\nOpen to everybody."
    also = ", and for those of devices" if one.devices else ""
    return f"\n\nFor tokens of the role {' or '.join(sorted(one.roles))}{also}."


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(one: Operation, schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    model = schemas[one.query.__name__]
    for name, schema in model.get("properties", {}).items():
        plain = {key: value for key, value in schema.items() if key not in ("description", "title")}
        if "anyOf" in plain:  # null cannot be written in an address: it is said by leaving the parameter out
            plain = next(choice for choice in plain["anyOf"] if choice.get("type") != "null")
        yield {
            "name": name,
            "in": "query",
            "required": name in model.get("required", ()),
            "description": schema.get("description", ""),
            "schema": plain,
        }


def _header_parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name, words in one.headers.items():
        pattern = HEADER_PATTERNS.get(name, HEADER_PATTERN)
        schema = {"type": "string", "minLength": 1, "maxLength": HEADER_CHARS_MAX, "pattern": pattern}
        yield {"name": name, "in": "header", "required": False, "description": words, "schema": schema}


def _body(body: Body) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": {"$ref": REF + body.type.__name__}}} if body.type else {}
    others = [media_type for media_type in body.media_types if media_type not in content]
    content |= {media_type: {"schema": _shape(media_type)} for media_type in others}
    return {"required": True, "content": content}


def _shape(media_type: str) -> dict[str, str]:
    """What a body of a media type is that no type of ours describes."""
    return {"type": "object" if media_type in (JSON, GEOJSON) else "string"}


def _answers(one: Operation) -> dict[str, Any]:
    return {str(status): _answer(answer) for status, answer in one.answers.items()}


def _answer(answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = {"description": answer.meaning}
    content: dict[str, Any] = {
        media_type: {"schema": EVENT if media_type == SSE else _shape(media_type)} for media_type in answer.also
    }
    if answer.type:
        content[JSON] = {"schema": {"$ref": REF + answer.type.__name__}}
    if content:
        made["content"] = content
    if answer.headers:
        made["headers"] = {
            name: {"description": words, "schema": {"type": "string"}} for name, words in answer.headers.items()
        }
    if answer.links:
        made["links"] = {
            operation: {"operationId": operation, "parameters": {parameter: f"$response.body#/{member}"}}
            for (operation, parameter), member in answer.links.items()
        }
    return made


def _problems(path: str, method: str, one: Operation) -> dict[str, Any]:
    """Those that every such operation has, and its own, by status."""
    names = [*COMMON, *one.problems, *COMMON_FAILURES]
    names += OF_CREDENTIALS if one.roles is not None else ()
    names += OF_BODIES if one.body else ()
    names += OF_CHANGES if method != "GET" else ()
    by_status: dict[int, list[str]] = {}
    for name in dict.fromkeys(names):
        by_status.setdefault(PROBLEMS[name].status, []).append(name)
    return {str(status): _problem(found) for status, found in sorted(by_status.items())}


def _problem(names: Iterable[str]) -> dict[str, Any]:
    words = "\n".join(f"- `{name}`: {PROBLEMS[name].title}. {PROBLEMS[name].meaning}" for name in names)
    return {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF + ProblemAnswer.__name__}}},
    }
