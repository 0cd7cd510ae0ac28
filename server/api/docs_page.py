"""The page at `/v1/docs`: the OpenAPI document and the table of problems as HTML, to be read without scripts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from server.api.problems import PROBLEMS

STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:62rem;padding:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{overflow-x:auto;padding:.6rem;border:1px solid #8886}
h2{border-bottom:1px solid #8886;margin-top:2.5rem}details{border:1px solid #8886;margin:.4rem 0;padding:.4rem .7rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0}
tr:target{outline:2px solid}.dim{opacity:.75}nav a{margin-right:1rem}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(document: dict[str, Any]) -> str:
    """The page."""
    return "".join(_parts(document))


def _parts(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    yield f"<h1>{escape(info['title'])} <span class=dim>{escape(info['version'])}</span></h1>{_prose(info['description'])}"
    yield '<nav><a href="#operations">Operations</a><a href="#problems">Problems</a><a href="#types">Types</a>'
    yield '<a href="/v1/openapi.json">OpenAPI document</a></nav><h2 id="operations">Operations</h2>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(path, method, operation)
    yield '<h2 id="problems">Problems</h2><table><tr><th>Status<th>Type<th>Meaning'
    for name, problem in PROBLEMS.items():
        yield f'<tr id="{name}"><td>{problem.status}<td><code>/v1/docs#{name}</code>'
        yield f"<td>{escape(problem.title)}. {_inline(problem.meaning)}"
    yield '</table><h2 id="types">Types</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield from _type(name, schema)


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<details id="{escape(operation["operationId"])}"><summary><b>{method.upper()}</b> <code>{escape(path)}</code>'
    yield f" {escape(operation['summary'])}</summary>{_prose(operation['description'])}"
    if operation["parameters"]:
        yield "<table><tr><th>Parameter<th>In<th>Type<th>Meaning"
        for one in operation["parameters"]:
            yield f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}<td>{_kind(one['schema'])}"
            yield f"<td>{_inline(one.get('description', ''))}"
        yield "</table>"
    if "requestBody" in operation:
        yield f"<p>Body: {_content(operation['requestBody']['content'])}</p>"
    yield "<table><tr><th>Status<th>Answer"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{status}<td>{_prose(answer['description'])}"
        if not status.startswith(("4", "5")) and "content" in answer:
            yield _content(answer["content"])
    yield "</table></details>"


def _type(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
    yield _prose(schema.get("description", ""))
    if "enum" in schema:
        yield f"<p>One of {', '.join(f'<code>{escape(str(word))}</code>' for word in schema['enum'])}.</p>"
    if "properties" in schema:
        yield "<table><tr><th>Member<th>Type<th>Meaning"
        for member, one in schema["properties"].items():
            needed = "" if member in schema.get("required", ()) else ' <span class="dim">optional</span>'
            yield f"<tr><td><code>{escape(member)}</code>{needed}<td>{_kind(one)}<td>{_prose(one.get('description', ''))}"
        yield "</table>"
    yield "</details>"


def _content(content: dict[str, Any]) -> str:
    return "; ".join(f"<code>{escape(kind)}</code> {_kind(one['schema'])}" for kind, one in content.items())


def _kind(schema: dict[str, Any]) -> str:
    """A schema in few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(escape(str(word)) for word in schema["enum"])
    return escape(str(schema.get("format") or schema.get("type", "any")))


def _prose(text: str) -> str:
    """Paragraphs, lists of lines that begin with a hyphen, and code in backquotes."""
    return "".join(_block(block.splitlines()) for block in text.split("\n\n") if block.strip())


def _block(lines: Iterable[str]) -> str:
    lines = list(lines)
    if all(line.startswith("- ") for line in lines):
        return f"<ul>{''.join(f'<li>{_inline(line[2:])}' for line in lines)}</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
