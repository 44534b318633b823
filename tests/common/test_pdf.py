"""Documents: tagged, one face, nothing fetched."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from pyhanko.pdf_utils.generic import Reference
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


def test_the_small_face_is_built_once_and_embedded_alone(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    call_command("build_document_font", stdout=io.StringIO())
    written = pdf.font_path().stat().st_mtime_ns
    call_command("build_document_font", stdout=io.StringIO())
    assert pdf.font_path().stat().st_mtime_ns == written
    document = pdf.html_to_pdf(page("<h1>机关事业单位养老保险参保证明</h1><p>2026年3月 1,880.00元</p>"))
    pdf.forget_face()
    reader = PdfFileReader(io.BytesIO(document))
    numbers = range(1, int(reader.trailer["/Size"]))
    faces = {
        found["/FontName"].split("+")[-1]
        for number in numbers
        if isinstance(found := reader.get_object(Reference(number, 0, reader)), dict)
        and found.get("/Type") == "/FontDescriptor"
    }
    assert faces == {"Hall-Document"}
    assert len(document) < 60_000
