"""An enrolment sheet as a page that a browser prints: several codes to a sheet of A4, each with its QR code and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from alerts.errors import UserError

QUIET_MODULES = 4
"""White around a QR code (ISO/IEC 18004)."""
RIGHT_TO_LEFT = ("ar",)

STYLE = """
body { font: 10.5pt/1.35 system-ui, sans-serif; margin: 0; color: #000; background: #fff; }
main { display: grid; grid-template-columns: 1fr 1fr; }
article { border: 0.3mm dashed #888; padding: 5mm; break-inside: avoid; box-sizing: border-box; min-block-size: 88mm; }
svg { inline-size: 34mm; block-size: 34mm; float: inline-end; margin-inline-start: 4mm; }
h2 { font-size: 12pt; margin: 0 0 1mm; } p { margin: 0 0 1.5mm; } ol { margin: 2mm 0; padding-inline-start: 5mm; clear: both; }
.code { font: 700 15pt/1.2 ui-monospace, monospace; letter-spacing: 0.06em; }
.small { font-size: 8.5pt; overflow-wrap: anywhere; }
@page { size: A4; margin: 10mm; }
"""


def write_page(file: Path, sheets: Sequence[Mapping[str, Any]]) -> None:
    """Write the page, readable by its owner only: a code is a credential. Raises UserError."""
    cards = "\n".join(_card(entry, sheet) for sheet in sheets for entry in sheet["entries"])
    text = (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Enrolment codes</title><style>{STYLE}</style>\n'
        f"<main>\n{cards}\n</main>\n</html>\n"
    )
    try:
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}", "Check --page.") from None


def _card(entry: Mapping[str, Any], sheet: Mapping[str, Any]) -> str:
    words = entry["words"]
    direction = "rtl" if words["language"] in RIGHT_TO_LEFT else "ltr"
    steps = "".join(f"<li>{escape(step)}</li>" for step in words["steps"])
    once = words["once"].replace("{until}", sheet["expires"][:10])
    head = f'<article lang="{escape(words["language"])}" dir="{direction}">{qr_svg(entry["qr"])}'
    return (
        f"{head}<h2>{escape(words['title'])}</h2>"
        f"<p><bdi>{escape(entry['name'])}</bdi> <bdi>{escape(entry['reference'] or '')}</bdi></p>"
        f'<p class="code"><bdi dir="ltr">{escape(entry["code"])}</bdi></p>'
        f'<p class="small"><bdi dir="ltr">{escape(sheet["address"])}</bdi></p>'
        f"<ol>{steps}</ol><p>{escape(once)}</p></article>"
    )


def qr_svg(rows: Sequence[str]) -> str:
    """A QR code as a drawing: one path, a run of dark modules at a time."""
    size = len(rows) + 2 * QUIET_MODULES
    path = "".join(_runs(rows))
    return (
        f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="QR" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def _runs(rows: Sequence[str]) -> Iterable[str]:
    for y, row in enumerate(rows, QUIET_MODULES):
        x = 0
        for run in row.replace("10", "1 0").replace("01", "0 1").split():
            if run[0] == "1":
                yield f"M{x + QUIET_MODULES} {y}h{len(run)}v1h-{len(run)}z"
            x += len(run)
