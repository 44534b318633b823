"""A backup restores: what was there is there again, what came later is gone, and a broken copy changes nothing."""

import stat

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_copy():
    """Commands work on a copy of the database: replacing the tests' own would disturb whoever comes next."""
    original, copy = connection.settings_dict["NAME"], connection.settings_dict["NAME"] + "_copy"
    server = {"host": connection.settings_dict["HOST"], "user": connection.settings_dict["USER"], "dbname": "template1"}
    connection.close()
    with psycopg.connect(**server, autocommit=True) as administrator:
        administrator.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        # A template must be left alone, and threads of earlier tests may still hold a connection.
        administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [original])
        administrator.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        connection.settings_dict["NAME"] = copy
        yield
        connection.close()
        connection.settings_dict["NAME"] = original
        administrator.execute(f'DROP DATABASE "{copy}"')


def test_a_backup_brings_everything_back(own_copy, tmp_path):
    file = tmp_path / "hall.dump"
    Group.objects.create(name="before")
    call_command("backup", str(file))
    Group.objects.all().delete()
    Group.objects.create(name="after")
    call_command("restore", str(file))
    assert list(Group.objects.values_list("name", flat=True)) == ["before"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
        assert cursor.fetchone()[0] > 0  # history goes on after a restore


def test_a_backup_is_for_its_owner_only(own_copy, tmp_path):
    call_command("backup", str(tmp_path / "hall.dump"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_a_broken_copy_changes_nothing(own_copy, tmp_path):
    file = tmp_path / "hall.dump"
    Group.objects.create(name="kept")
    call_command("backup", str(file))
    file.write_bytes(file.read_bytes()[:-2000])
    with pytest.raises(CommandError):
        call_command("restore", str(file))
    assert Group.objects.filter(name="kept").exists()
