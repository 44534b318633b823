"""Write the subset face that PDF documents embed."""

import os
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from common import pdf

SYSTEM_FACE = "Noto Sans CJK SC"
# How far a curve may leave the original, in thousandths of the type size: far below what print or eyes resolve.
MAX_ERROR = 1.0


def characters() -> str:
    """What documents are written in: GB 2312 (names and places use hardly anything else), Latin, signs."""
    chinese = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    text = "".join(pair.decode("gb2312", errors="ignore") for pair in chinese)
    return (
        text + "".join(map(chr, range(0x20, 0x7F))) + "·–—‘’“”…①②③④⑤⑥⑦⑧⑨⑩〇㐂堃喆囍昇旻昉珺玥璟琋淼焱垚祎瑀玙頔彧奡煊燚"
    )


def system_face() -> tuple[Path, int]:
    """File and index of the system's face, as fontconfig finds it."""
    found = subprocess.run(  # noqa: S603 - fixed arguments
        ["fc-match", "-f", "%{family}|%{file}|%{index}", SYSTEM_FACE],  # noqa: S607 - the system's own
        capture_output=True,
        text=True,
        check=True,
    )
    family, file, index = found.stdout.rsplit("|", 2)
    if SYSTEM_FACE not in family:
        raise CommandError(f"{SYSTEM_FACE} is not installed (fonts-noto-cjk)")
    return Path(file), int(index)


def to_truetype(font: TTFont) -> None:
    """Outlines as TrueType instead of CFF, in place.

    What a PDF embeds keeps the glyph numbers of the face, so that all unused places are stored empty: in CFF
    they cost some 20 KB in every document, in TrueType nothing after compression.
    """
    glyphs, outlines = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), outlines
    for name, outline in outlines.items():
        outline.recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(outline, "xMin", 0))
    del font["CFF "]
    font["maxp"] = maxp = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs = 0x00010000, len(outlines)
    maxp.maxZones, maxp.maxComponentElements, maxp.maxComponentDepth = 1, 0, 0
    for unused in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(maxp, f"max{unused}", 0)
    maxp.maxSizeOfInstructions = 0
    font["post"].formatType = 3.0
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\000\001\000\000"


def build(target: Path) -> int:
    """Write the face; returns its size in bytes."""
    file, index = system_face()
    options = subset.Options(layout_features=["kern", "liga", "tnum"], name_IDs=[0, 1, 2, 4, 6], notdef_outline=True)
    options.desubroutinize = True
    options.hinting = False
    # Vertical writing and variants are never used in documents.
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "DSIG"]
    with TTFont(file, fontNumber=index, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters())
        subsetter.subset(font)
        to_truetype(font)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Others may print meanwhile, or build the same: the file is there whole or not at all.
        whole = target.with_name(f"{target.name}.{os.getpid()}")
        font.save(whole)
        whole.replace(target)
    pdf.forget_face()
    return target.stat().st_size


class Command(BaseCommand):
    requires_system_checks = ()  # it runs while the image is built, where no secret is
    help = "Build the face of PDF documents from the system's Noto Sans CJK, once; --again replaces it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="build it although it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if pdf.font_path().exists() and not options.get("again"):
            return
        try:
            size = build(pdf.font_path())
        except (CommandError, OSError, subprocess.CalledProcessError) as error:
            # Documents are then set in whatever face the system has: larger, but complete.
            self.stderr.write(f"no document face: {error}")
        else:
            self.stdout.write(f"{pdf.font_path().name}: {size // 1024} KB")
