"""One settings module, driven by environment variables (documented in docs/operations.md)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("TONGBAN_VAR", BASE_DIR / "var"))

PRODUCTION = os.environ.get("TONGBAN_ENV", "development") == "production"
DEBUG = not PRODUCTION and os.environ.get("TONGBAN_DEBUG", "0") == "1"
TESTING = os.environ.get("TONGBAN_TEST", "0") == "1"


def secret(name: str, development_value: str) -> str:
    """A secret from the environment; in production a missing one, or the one of development, stops the start."""
    value = os.environ.get(name, "")
    if PRODUCTION and value in {"", development_value}:
        raise ImproperlyConfigured(f"{name} must be set in production, to a value of its own")
    return value or development_value


STATEMENT_SECONDS = int(os.environ.get("TONGBAN_STATEMENT_SECONDS", "30"))


def database(url: str) -> dict:
    """Django's database settings for a postgresql:// address."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # A request that hangs gives its locks back; the deploy step and the worker set their own limit.
        "OPTIONS": {
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s"
            " -c idle_in_transaction_session_timeout=60s"
            # Short queries of pages: starting parallel workers costs more (55 ms seen) than they save.
            " -c max_parallel_workers_per_gather=0"
        },
    }


def database_url() -> str:
    if url := os.environ.get("DATABASE_URL"):
        return url
    if PRODUCTION:
        raise ImproperlyConfigured("DATABASE_URL must be set in production")
    from config.embedded_postgres import start

    return start(VAR_DIR / ("postgres-test" if TESTING else "postgres"), fast=TESTING)


def s3_storage(bucket: str, access_key: str, secret_key: str) -> dict:
    """Django's storage settings for a private bucket of any S3-compatible server."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": os.environ.get("TONGBAN_S3_ENDPOINT") or None,
            "region_name": os.environ.get("TONGBAN_S3_REGION", "us-east-1"),
            "access_key": access_key,
            "secret_key": secret_key,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
        },
    }


def sso_client(issuer: str, client_id: str, client_secret: str, scope: str, claims: str) -> dict:
    """A client of the government-services network from these variables; empty where no issuer is named."""
    address = os.environ.get(issuer, "")
    if not address:
        return {}
    if PRODUCTION and not address.startswith("https://"):
        raise ImproperlyConfigured(f"{issuer} must be an https address in production")
    for name in (client_id, client_secret):
        if not os.environ.get(name):
            raise ImproperlyConfigured(f"{name} must be set where {issuer} is")
    pairs = [pair.partition("=") for pair in os.environ.get(claims, "").split(",") if pair]
    return {
        "issuer": address,
        "client_id": os.environ[client_id],
        "secret": os.environ[client_secret],
        "scope": os.environ.get(scope, "openid profile"),
        "claims": {ours.strip(): theirs.strip() for ours, _, theirs in pairs},
    }


SECRET_KEY = secret("TONGBAN_SECRET_KEY", "development-only-secret-key-development-only-secret-key")
# Comma-separated hexadecimal keys, newest first; older ones still decrypt.
FIELD_KEYS = secret("TONGBAN_FIELD_KEYS", "000102030405060708090a0b0c0d0e0f").split(",")
INDEX_KEY = secret("TONGBAN_INDEX_KEY", "f0e0d0c0b0a090807060504030201000f0e0d0c0b0a090807060504030201000")

# What documents are signed with, PEM or PEM in base64; empty outside production: a demonstration pair (documents/keys.py).
SIGNING_KEY = secret("TONGBAN_SIGNING_KEY", "")
SIGNING_CERTIFICATE = secret("TONGBAN_SIGNING_CERTIFICATE", "")
SIGNING_FORMER_CERTIFICATES = os.environ.get("TONGBAN_SIGNING_FORMER_CERTIFICATES", "")

# Comma-separated former secret keys: sessions and links signed with them stay valid during a rotation.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("TONGBAN_SECRET_KEY_FALLBACKS", "").split(",") if key]

ALLOWED_HOSTS = secret("TONGBAN_HOSTS", "*").split(",")
SITE_URL = os.environ.get("TONGBAN_SITE_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []
CSRF_FAILURE_VIEW = "hall.views.errors.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "config.apps.HallAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django_filters",
    "django_htmx",
    "lucide",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "common",
    "accounts",
    "documents",
    "review",
    "insurance",
    "internship",
    "positions",
    "reporting",
    "hall",
]

MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.NoNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.IdleTimeoutMiddleware",
    "config.middleware.PrivatePagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "accounts.middleware.StaffSecurityMiddleware",
    "accounts.middleware.ActingMiddleware",
    # Innermost: sessions and messages are stored outside its read-only transaction.
    "config.middleware.ReadOnlyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "common.forms.HallFormRenderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hall.context_processors.hall",
            ],
            "builtins": ["common.templatetags.ui"],
        },
    }
]

DATABASES = {"default": database(database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.HallBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "mobile")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClassesValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.HallAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Many people share one address (a school, an office), so the limits per address are wide and those per account narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/15m/key",
    "signup": "200/h/ip",
    "send_code": "300/h/ip",
    "change_password": "5/m/user",
    "verify": "60/m/ip",
    "verify_file": "12/m/ip",
    "reset_password": "120/h/ip",
    "appeal": "60/h/ip",
    "appeal_upload": "120/h/ip",
    "appeal_status": "30/m/ip",
    "qr_enter": "120/m/ip",
    "qr_confirm": "20/m/user",
    "object_to_publicity": "20/h/ip",
}
ACCOUNT_FORMS = {"reauthenticate": "accounts.sign_in_forms.ReauthenticateForm"}
# The second factor (动态口令): staff must have one in production, everybody else may.
STAFF_TOTP_REQUIRED = os.environ.get("TONGBAN_STAFF_TOTP", "required" if PRODUCTION else "optional") == "required"
STAFF_PASSWORD_DAYS = int(os.environ.get("TONGBAN_STAFF_PASSWORD_DAYS", "90" if PRODUCTION else "0"))
MFA_ADAPTER = "accounts.second_factor.HallMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "人社通办"
MFA_FORMS = {
    "authenticate": "accounts.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.second_factor.ReauthenticateForm",
    "activate_totp": "accounts.second_factor.ActivateForm",
    "generate_recovery_codes": "accounts.second_factor.GenerateForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.sso.adapter.HallSocialAccountAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
# Sign-in by the government-services network, a client for people and one for legal persons; what is
# not configured is not offered.
SSO_CLIENTS = {
    "individual": sso_client(
        "TONGBAN_SSO_INDIVIDUAL_ISSUER",
        "TONGBAN_SSO_INDIVIDUAL_CLIENT_ID",
        "TONGBAN_SSO_INDIVIDUAL_SECRET",
        "TONGBAN_SSO_INDIVIDUAL_SCOPE",
        "TONGBAN_SSO_INDIVIDUAL_CLAIMS",
    ),
    "unit": sso_client(
        "TONGBAN_SSO_UNIT_ISSUER",
        "TONGBAN_SSO_UNIT_CLIENT_ID",
        "TONGBAN_SSO_UNIT_SECRET",
        "TONGBAN_SSO_UNIT_SCOPE",
        "TONGBAN_SSO_UNIT_CLAIMS",
    ),
}
SSO_ORIGINS = [origin for origin in os.environ.get("TONGBAN_SSO_ORIGINS", "").split(",") if origin]

# How short messages reach phones (accounts/sms.py); the console is for development only.
SMS_ADAPTER = secret("TONGBAN_SMS", "accounts.sms.ConsoleSms")


def sms_gateway() -> dict[str, str]:
    """What accounts.messaging.gateway needs to know; a missing part stops the start where it is the adapter."""
    names = {"url": "TONGBAN_SMS_URL", "app_id": "TONGBAN_SMS_APP_ID", "secret": "TONGBAN_SMS_SECRET"}
    found = {key: os.environ.get(name, "") for key, name in names.items()}
    if SMS_ADAPTER == "accounts.messaging.gateway.HttpSms":
        for key, name in names.items():
            if not found[key]:
                raise ImproperlyConfigured(f"{name} must be set where TONGBAN_SMS is the HTTP gateway")
        if PRODUCTION and not found["url"].startswith("https://"):
            raise ImproperlyConfigured("TONGBAN_SMS_URL must be an https address in production")
    method = os.environ.get("TONGBAN_SMS_SIGNATURE", "HMAC-SHA256")
    if method not in {"HMAC-SHA256", "HMAC-SM3"}:
        raise ImproperlyConfigured("TONGBAN_SMS_SIGNATURE must be HMAC-SHA256 or HMAC-SM3")
    return found | {"method": method, "sign": os.environ.get("TONGBAN_SMS_SIGN", "人社通办")}


SMS_GATEWAY = sms_gateway()

# In the database: shared by all web processes, revocable at once, and stored after the view's transaction.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE_SECONDS = 60 * int(os.environ.get("TONGBAN_IDLE_MINUTES", "30"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked inside the network, without the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("TONGBAN_STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
if not PRODUCTION:
    # Development and tests serve the files where they are written; production collects them.
    WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Private files: on the local disk, or in any S3-compatible storage when a bucket is named. They are
# only ever served through the hall's own permission-checked views, never by the storage's address.
S3_BUCKET = os.environ.get("TONGBAN_S3_BUCKET", "")
FILE_STORAGE: dict = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR_DIR / "files", "base_url": None},
}
if S3_BUCKET:
    FILE_STORAGE = s3_storage(S3_BUCKET, secret("TONGBAN_S3_ACCESS_KEY", ""), secret("TONGBAN_S3_SECRET_KEY", ""))
STORAGES: dict[str, dict[str, object]] = {
    "default": FILE_STORAGE,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# host:port of clamd; empty means that files are not scanned (development only, see docs/operations.md).
CLAMAV_ADDRESS = secret("TONGBAN_CLAMAV", "")
ATTACHMENT_MAX_MB = int(os.environ.get("TONGBAN_ATTACHMENT_MAX_MB", "20"))

# Background tasks stand in each app's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# "default" is shared by all processes (rate limits, counters) and cannot be written by a GET;
# "local" belongs to one process, for what is derived and may be a minute old.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 60},
}

EMAIL_HOST = os.environ.get("TONGBAN_EMAIL_HOST", "")
# Without a server mails are printed in development; in production nothing is sent, because mails may carry codes.
EMAIL_AVAILABLE = bool(EMAIL_HOST) or not PRODUCTION
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy' if PRODUCTION else 'console'}.EmailBackend"
)
EMAIL_PORT = int(os.environ.get("TONGBAN_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("TONGBAN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("TONGBAN_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("TONGBAN_EMAIL_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("TONGBAN_EMAIL_FROM", "noreply@localhost")

# The page that counts requests and queues is for this bearer token, and for the machine itself.
METRICS_TOKEN = os.environ.get("TONGBAN_METRICS_TOKEN", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.JsonFormatter"},
        "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "plain"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TONGBAN_LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
    "loggers": {
        # Its lines carry the raw path; tongban.access says the same by route, without what was typed.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "propagate": False},
    },
}
