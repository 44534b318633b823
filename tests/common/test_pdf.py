"""Documents: tagged, one face, nothing fetched."""

import io
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from common import pdf


def page(body: str) -> str:
    return f'<!DOCTYPE html><html lang="zh-CN"><head><title>演示证明</title></head><body>{body}</body></html>'


def test_a_document_is_tagged_and_carries_its_title_and_language() -> None:
    reader = PdfFileReader(io.BytesIO(pdf.render_pdf("documents/base.html", {}, title="演示证明")))
    root = reader.root
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.trailer["/Info"]["/Title"] == "演示证明"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/a.png", "file:///etc/hostname", "ftp://127.0.0.1/a"])
def test_nothing_is_fetched(address: str) -> None:
    with pytest.raises(ValueError, match="documents fetch nothing"):
        pdf.LocalFetcher().fetch(address)
    assert pdf.html_to_pdf(page(f'<p>图</p><img src="{address}" alt="">')).startswith(b"%PDF-")


def test_images_come_as_data() -> None:
    assert pdf.LocalFetcher().fetch("data:text/plain,ok").read() == b"ok"


def test_the_style_sheet_is_parsed_once(monkeypatch: Any) -> None:
    pdf.html_to_pdf(page("一"))
    monkeypatch.setattr(pdf, "CSS", None)
    assert pdf.html_to_pdf(page("二")).startswith(b"%PDF-")


def test_text_of_the_reader_is_escaped_by_the_template() -> None:
    from django.template.loader import render_to_string

    assert "&lt;img" in render_to_string("documents/base.html", {"title": "<img src=x>"})
