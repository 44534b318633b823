"""Attachments of the demonstration: small papers, each marked 演示 and 虚构."""

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from common.pdf import html_to_pdf

_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}（演示）</title></head>
<body><h1>{title}</h1><p>演示材料，内容均为虚构，仅用于功能展示，不具有任何效力。</p>
<p>本页代替申请人应当提交的“{title}”。</p></body></html>"""


@cache
def _pdf(title: str) -> bytes:
    return html_to_pdf(_PAGE.format(title=title))


@cache
def _png(shade: int) -> bytes:
    image = Image.new("RGB", (640, 400), (235, 240 - shade, 248))
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((16, 16, 624, 384), outline=(13, 74, 128), width=4)
    drawing.rectangle((440, 80, 590, 270), outline=(90, 103, 114), width=3)
    drawing.text((48, 60), "DEMONSTRATION - FICTITIOUS", fill=(13, 74, 128))
    drawing.text((48, 110), "YAN SHI / XU GOU", fill=(13, 74, 128))
    for line in range(6):
        drawing.line((48, 160 + line * 34, 400 - line * 20, 160 + line * 34), fill=(115, 126, 135), width=6)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def paper(title: str, *, picture: bool = False) -> SimpleUploadedFile:
    """An upload that stands for the paper of this title."""
    if picture:
        return SimpleUploadedFile(f"{title}（演示）.png", _png(len(title)), "image/png")
    return SimpleUploadedFile(f"{title}（演示）.pdf", _pdf(title), "application/pdf")
