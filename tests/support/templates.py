"""Detectors on rendered templates: an undefined variable, a POST form without its CSRF token."""

import re
from html.parser import HTMLParser

# Not a tag or a quotation mark, so that a page that leaks it is still well-formed.
UNDEFINED = re.compile("⟪undefined: (.*?)⟫")


class _PostForms(HTMLParser):
    """Collects the actions of POST forms to this site which carry no CSRF token."""

    def __init__(self) -> None:
        super().__init__()
        self.without_token: list[str] = []
        self._action: str | None = None
        self._has_token = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "form" and (values.get("method") or "get").lower() == "post":
            self._action, self._has_token = values.get("action") or "", False
        elif tag == "input" and values.get("name") == "csrfmiddlewaretoken":
            self._has_token = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._action is not None:
            # A form to another site must not carry our token.
            if not self._has_token and "://" not in self._action:
                self.without_token.append(self._action)
            self._action = None


def undefined_variables(html: str) -> list[str]:
    """Names of variables that a template used and nobody defined."""
    return UNDEFINED.findall(html)


def forms_without_token(html: str) -> list[str]:
    """Actions of POST forms to this site without a CSRF token."""
    parser = _PostForms()
    parser.feed(html)
    return parser.without_token
