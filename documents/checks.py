"""What ``manage.py`` looks at before it does anything."""

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from documents.keys import hall_key


@checks.register
def signing_key(**_: Any) -> list[checks.CheckMessage]:
    """The signing key can be read and fits its certificate: a wrong one stops ``prepare`` and so the start."""
    try:
        hall_key()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="documents.E001")]
    return []
