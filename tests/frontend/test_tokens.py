"""Colours can be read: contrast of the tokens by the formula of WCAG 2.2."""

import re

import pytest
from django.contrib.staticfiles import finders

BODY_TEXT = [("ink", "surface"), ("ink", "paper"), ("ink-soft", "surface"), ("link", "surface"), ("link", "paper")]
OTHER_TEXT = [("ink-quiet", "surface"), ("ink-quiet", "paper"), ("ink-quiet", "warning-ground")]
TONES = ["info", "success", "warning", "danger", "neutral"]


def tokens(selector: str) -> dict[str, str]:
    """Custom properties of one rule of tokens.css."""
    with open(finders.find("css/tokens.css")) as file:
        rule = file.read().split(f"{selector} {{")[1].split("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", rule))


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["normal", "elder"])
def palette(request: pytest.FixtureRequest) -> dict[str, str]:
    """All colours of a mode."""
    return tokens(":root") | (tokens('html[data-mode="elder"]') if request.param == "elder" else {})


@pytest.mark.parametrize(("text", "ground"), BODY_TEXT)
def test_body_text_has_the_contrast_of_level_aaa(text: str, ground: str, palette: dict[str, str]) -> None:
    assert contrast(palette[text], palette[ground]) >= 7


@pytest.mark.parametrize(("text", "ground"), OTHER_TEXT + [(tone, f"{tone}-ground") for tone in TONES])
def test_other_text_has_the_contrast_of_level_aa(text: str, ground: str, palette: dict[str, str]) -> None:
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("line", ["line-strong", "focus", "danger-line"])
def test_edges_of_controls_can_be_seen(line: str, palette: dict[str, str]) -> None:
    assert contrast(palette[line], palette["surface"]) >= 3
