"""HTML templates become PDF: one embedded face, tagged, nothing fetched.

The face is a subset of Noto Sans CJK that ``manage.py build_document_font`` writes once: embedding
from a small face is faster than from the full one with its 65,000 glyphs. Without it, and for rare
characters, the system's full face serves.
"""

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

FAMILY = "Hall Document"
_STYLE = Path(__file__).with_name("data") / "document.css"

# FontConfiguration belongs to the thread that made it.
_local = threading.local()


def font_path() -> Path:
    """Where ``build_document_font`` puts the face."""
    return settings.VAR_DIR / "fonts" / "document.ttf"


class LocalFetcher(URLFetcher):
    """Gives out data: URLs and the document face; every other address is refused, local files too."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.startswith("data:") or url == font_path().as_uri():
            return super().fetch(url, headers)
        raise ValueError(f"documents fetch nothing: {url}")


@lru_cache(maxsize=1)
def _style_text() -> str:
    face = ""
    if font_path().exists():
        face = f'@font-face {{ font-family: "{FAMILY}"; src: url({font_path().as_uri()}) }}\n'
    return face + _STYLE.read_text(encoding="utf-8")


def _kit() -> tuple[FontConfiguration, CSS]:
    """Fonts and style sheet, parsed once per thread."""
    kit: tuple[FontConfiguration, CSS] | None = getattr(_local, "kit", None)
    if kit is None:
        fonts = FontConfiguration()
        kit = fonts, CSS(string=_style_text(), font_config=fonts, url_fetcher=LocalFetcher())
        _local.kit = kit
    return kit


def forget_face() -> None:
    """Read the face anew, after it was built."""
    _style_text.cache_clear()
    _local.__dict__.pop("kit", None)


def html_to_pdf(html: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a whole HTML page, whose <title> and lang it carries."""
    fonts, style = _kit()
    document = HTML(string=html, url_fetcher=LocalFetcher())
    pdf: bytes = document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    return pdf


def render_pdf(template: str, context: dict[str, Any], *, title: str) -> bytes:
    """Render a template that extends ``documents/base.html`` to PDF; images are data: URLs."""
    return html_to_pdf(render_to_string(template, {**context, "title": title}))
