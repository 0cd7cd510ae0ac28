"""`/v1/openapi.json`, and `/v1/docs`: a page to read it, of this hub's own making; no script, nothing from elsewhere."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import Any

from server.api.docs_page import CONTENT_SECURITY_POLICY, page
from server.api.handler import ApiHandler
from server.api.operation import EVERYBODY, HTML, JSON, Answer, operation

TAG = "description"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, made when it is first asked for: a hub starts sooner without it and what makes it."""
    from server.api.openapi import make_document
    from server.api.routes import ROUTES

    return make_document(ROUTES)


class OpenApiHandler(ApiHandler):
    """The document."""

    @operation(
        summary="This API as OpenAPI 3.1",
        roles=EVERYBODY,
        answers={200: Answer("The document.", also=(JSON,))},
        tag=TAG,
    )
    async def get(self) -> None:
        """The document that describes this API, made from the code that answers it."""
        self.set_header("Content-Type", JSON)
        self.set_header("Access-Control-Allow-Origin", "*")
        self.write(json.dumps(await asyncio.to_thread(document), ensure_ascii=False))


class DocsHandler(ApiHandler):
    """The page."""

    @operation(
        summary="This API as a page",
        roles=EVERYBODY,
        answers={200: Answer("The page.", also=(HTML,))},
        tag=TAG,
    )
    async def get(self) -> None:
        """The same, to be read by people; it works without scripts and without any other host."""
        self.set_header("Content-Type", f"{HTML}; charset=utf-8")
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.write(page(await asyncio.to_thread(document)))
