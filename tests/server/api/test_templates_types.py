"""Every template of the program fits the API's type, and is answered as it stands in its file."""

from __future__ import annotations

import pytest

from server.api.templates_types import TemplateAnswer
from server.ops.template_library import Template, shipped


@pytest.mark.parametrize("name", list(shipped()))
def test_it_is_answered_as_it_stands_in_its_file(name: str) -> None:
    said = TemplateAnswer.of(Template(name, shipped()[name])).model_dump(mode="json", exclude_none=True)
    assert {key: said[key] for key in ("title", "text", "holds_hours")} == {
        key: shipped()[name][key] for key in ("title", "text", "holds_hours")
    }
