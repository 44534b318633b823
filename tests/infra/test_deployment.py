"""The production set-up: what docker-compose.yml says, and that production refuses to start half configured.

No container engine takes part. Checked of the Compose file: only keys of the Compose specification,
every reference (dependency, condition, network, volume, mounted file) leads somewhere, no service
runs as root or writes to its own image, and every one is watched.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
# Keys of a service in the Compose specification, as far as they are of use here.
SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "deploy", "entrypoint", "env_file", "environment",
    "expose", "healthcheck", "image", "network_mode", "networks", "ports", "read_only", "restart", "security_opt",
    "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
# Hand a volume to its owner once; and a scanner whose own start-up gives up root after updating its signatures.
STARTS_AS_ROOT = {"storage-owner", "clamav"}
SECRETS = {
    "DATABASE_URL": "postgresql://hall@db/hall",
    "TONGBAN_SECRET_KEY": "k" * 50,
    "TONGBAN_FIELD_KEYS": "0f" * 16,
    "TONGBAN_INDEX_KEY": "0e" * 32,
    "TONGBAN_HOSTS": "hall.example",
    "TONGBAN_CLAMAV": "clamav:3310",
    "TONGBAN_SMS": "gateway.Sms",
    "TONGBAN_SIGNING_KEY": "key.pem",
    "TONGBAN_SIGNING_CERTIFICATE": "certificate.pem",
}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_uses_only_keys_of_the_specification(name):
    assert set(SERVICES[name]) - SERVICE_KEYS == set()
    assert "image" in SERVICES[name]


@pytest.mark.parametrize("name", SERVICES)
def test_every_reference_of_a_service_leads_somewhere(name):
    service = SERVICES[name]
    for other, dependency in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert dependency["condition"] in CONDITIONS
        if dependency["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other] or "build" in SERVICES[other]  # the image brings its own
        if dependency["condition"] == "service_completed_successfully":
            assert SERVICES[other]["restart"] == "no"
    assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
    for volume in service.get("volumes", []):
        # The last two parts are the place in the container and its mode; before them may stand ${NAME:-default}.
        source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
        assert source in COMPOSE["volumes"] or source.startswith("./deploy")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name not in STARTS_AS_ROOT:
        assert service["read_only"] is True
        assert service.get("user", "").split(":")[0] != "0"
        assert service.get("user") or "unprivileged" in service["image"]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_web_and_worker_wait_for_the_migrations():
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


def test_the_image_holds_every_app_and_only_locked_packages():
    dockerfile = (ROOT / "Dockerfile").read_text()
    for folder in sorted(path.parent.name for path in ROOT.glob("*/apps.py")):
        assert f"COPY {folder} {folder}\n" in dockerfile
    assert "--require-hashes --requirement /tmp/requirements.lock" in dockerfile
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)


def test_the_example_of_the_storage_configuration_is_valid():
    assert json.loads((ROOT / "deploy" / "example.s3.json").read_text())["identities"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    for package in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in package, package[:60]


def load_settings(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import config.settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT)"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        command, env=kept | {"TONGBAN_ENV": "production"} | environment, cwd=ROOT, capture_output=True, text=True
    )


def test_production_starts_with_everything_set():
    result = load_settings(SECRETS)
    assert result.stdout.split() == ["False", "True"], result.stderr


@pytest.mark.parametrize("missing", SECRETS)
def test_production_refuses_to_start_without(missing):
    result = load_settings({name: value for name, value in SECRETS.items() if name != missing})
    assert result.returncode != 0
    assert f"{missing} must be set in production" in result.stderr


def test_production_refuses_the_keys_of_development():
    result = load_settings(SECRETS | {"TONGBAN_FIELD_KEYS": "000102030405060708090a0b0c0d0e0f"})
    assert "TONGBAN_FIELD_KEYS must be set in production, to a value of its own" in result.stderr
