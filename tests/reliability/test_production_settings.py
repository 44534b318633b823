"""Cookies and addresses in production: only over TLS, out of scripts' reach."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_SAMESITE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "DEBUG",
    "ALLOWED_HOSTS",
    "USE_X_FORWARDED_HOST",
]
READ = f"import json; from django.conf import settings; print(json.dumps({{n: getattr(settings, n) for n in {NAMES}}}))"
SECRETS = {
    "TONGBAN_SECRET_KEY": "s" * 60,
    "TONGBAN_FIELD_KEYS": "0f" * 16,
    "TONGBAN_INDEX_KEY": "1f" * 32,
    "TONGBAN_HOSTS": "hall.example",
    "TONGBAN_SMS": "accounts.sms.MemorySms",
    "TONGBAN_CLAMAV": "127.0.0.1:3310",
    "TONGBAN_S3_ACCESS_KEY": "演示",
    "TONGBAN_S3_SECRET_KEY": "演示",
    "TONGBAN_SIGNING_KEY": "演示",
    "TONGBAN_SIGNING_CERTIFICATE": "演示",
    "DATABASE_URL": "postgresql://nobody@/nothing",
}


def test_in_production_cookies_are_for_tls_only_and_the_host_is_known() -> None:
    environment = {"PATH": os.environ["PATH"], "TONGBAN_ENV": "production", **SECRETS}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        [sys.executable, "-c", READ], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "DEBUG": False,
        "ALLOWED_HOSTS": ["hall.example"],
        "USE_X_FORWARDED_HOST": False,
    }
