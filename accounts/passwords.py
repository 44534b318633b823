"""Password rules (GB/T 22239-2019 level 3: at least eight characters, three of four classes)."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

if TYPE_CHECKING:  # settings name the validator below while models are still being loaded
    from accounts.models import User

RULE = "至少8位，包含大写字母、小写字母、数字、符号中的三种"
_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")


def is_too_old(user: "User") -> bool:
    """Whether a staff member has to change the password (the office's rule by STAFF_PASSWORD_DAYS; 0 is never)."""
    days = settings.STAFF_PASSWORD_DAYS
    return bool(user.is_staff and days and timezone.now() - user.password_changed_at > timedelta(days=days))


class CharacterClassesValidator:
    """Asks for three of the four classes of characters."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError in Chinese."""
        if sum(bool(re.search(pattern, password)) for pattern in _CLASSES) < 3:
            raise ValidationError("密码应包含大写字母、小写字母、数字、符号中的至少三种", code="password_classes")

    def get_help_text(self) -> str:
        return RULE
