"""The red round seal (公章) of an issuer, drawn as vectors from its name.

Round, a five-pointed star in the middle, the name along the upper arc, what the seal is for below
(国务院关于国家行政机关和企业事业单位社会团体印章管理的规定). Characters are outlines: the picture needs no font.
"""

import base64
import math
import subprocess
from functools import lru_cache
from typing import Any

from django.core.management.base import CommandError
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from common import pdf
from common.management.commands.build_document_font import system_face

PURPOSE = "电子证明专用章"
_SIDE = 420
_RED = "#d9000d"
_RING = 201
_STAR = 58
# The name takes at most this arc, and two characters stand at most so far apart.
_ARC_DEGREES = 250.0
_STEP_DEGREES = 27.0
_EM = 1000
# Middle of a square character above the baseline, in units of the face.
_MIDDLE = 380


@lru_cache(maxsize=1)
def _face() -> tuple[Any, Any]:
    """The system's face: its cubic outlines take half the points of those of the document face."""
    try:
        file, index = system_face()
    except (CommandError, OSError, subprocess.CalledProcessError):
        file, index = pdf.font_path(), -1
    font = TTFont(file, fontNumber=index, lazy=True)
    return font.getBestCmap(), font.getGlyphSet()


def _glyph(char: str) -> Any:
    """The outline of a character with its face; None where the face has none."""
    names, glyphs = _face()
    return (glyphs[names[ord(char)]], glyphs) if ord(char) in names else None


def _character(char: str, x: float, y: float, size: float, turn: float = 0.0) -> str:
    """Path data of a character whose middle is at (x, y), turned clockwise by degrees."""
    found = _glyph(char)
    if found is None:
        return ""
    glyph, glyphs = found
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}".rstrip("0").rstrip("."))
    scale, angle = size / _EM, math.radians(turn)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    middle = glyph.width / 2
    # Up is negative in SVG, so the second column is mirrored.
    matrix = (cos, sin, sin, -cos, x - cos * middle - sin * _MIDDLE, y - sin * middle + cos * _MIDDLE)
    glyph.draw(TransformPen(pen, matrix))
    return str(pen.getCommands())


def _along_arc(text: str) -> str:
    step = min(_STEP_DEGREES, _ARC_DEGREES / max(len(text) - 1, 1))
    size = min(50.0, 2 * math.pi * 158 * step / 360 * 1.02)
    radius = _RING - 12 - size / 2
    middle, first = _SIDE / 2, -step * (len(text) - 1) / 2
    paths = []
    for place, char in enumerate(text):
        turn = first + step * place
        angle = math.radians(turn)
        paths.append(_character(char, middle + radius * math.sin(angle), middle - radius * math.cos(angle), size, turn))
    return "".join(paths)


def _straight(text: str, y: float, size: float) -> str:
    left = _SIDE / 2 - size * (len(text) - 1) / 2
    return "".join(_character(char, left + size * place, y, size) for place, char in enumerate(text))


def _star() -> str:
    middle = _SIDE / 2
    points = []
    for corner in range(10):
        radius = _STAR if corner % 2 == 0 else _STAR * 0.382
        angle = math.radians(36 * corner)
        points.append(f"{middle + radius * math.sin(angle):.1f} {middle - radius * math.cos(angle):.1f}")
    return "M" + "L".join(points) + "Z"


@lru_cache(maxsize=256)
def svg(issuer: str, demonstration: bool) -> str:
    """The seal of an issuer; one for demonstrations says so."""
    middle = _SIDE / 2
    below = _straight(PURPOSE, 318 if demonstration else 326, 32)
    if demonstration:
        below += _straight("（演示）", 356, 30)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<circle cx="{middle:g}" cy="{middle:g}" r="{_RING}" fill="none" stroke="{_RED}" stroke-width="11"/>'
        f'<path fill="{_RED}" stroke="{_RED}" stroke-width="1.2" d="{_star()}{_along_arc(issuer)}{below}"/></svg>'
    )


@lru_cache(maxsize=256)
def data_uri(issuer: str, demonstration: bool) -> str:
    """The seal for the src of an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(issuer, demonstration).encode()).decode()
