"""Settings of the test suite: the hall's own, with a fast database and fast password hashing."""

import os

os.environ["TONGBAN_TEST"] = "1"

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "⟪undefined: %s⟫"  # noqa: F405
INSTALLED_APPS = [*INSTALLED_APPS, "tests.samples"]  # noqa: F405
STORAGES = {**STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}  # noqa: F405
