"""Files in S3 storage, over the real protocol against a server of its own."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage.handler import StorageHandler

from config.settings import s3_storage

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:moto", "ignore::DeprecationWarning:botocore")

KEY, SECRET, BUCKET = "test-key", "test-secret", "tongban"


@pytest.fixture(scope="module")
def endpoint():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def storage(endpoint, monkeypatch):
    monkeypatch.setenv("TONGBAN_S3_ENDPOINT", endpoint)
    storage = StorageHandler({"default": s3_storage(BUCKET, KEY, SECRET)})["default"]
    storage.bucket.create()
    return storage


def test_what_is_stored_is_read_back_byte_by_byte(storage):
    content = bytes(range(256)) * 5000
    name = storage.save("files/scan.pdf", ContentFile(content))
    with storage.open(name) as file:
        assert file.read() == content
    assert storage.size(name) == len(content)


def test_a_second_file_never_replaces_the_first(storage):
    first = storage.save("files/same-name.pdf", ContentFile(b"first"))
    second = storage.save("files/same-name.pdf", ContentFile(b"second"))
    assert first != second
    with storage.open(first) as file:
        assert file.read() == b"first"


def test_a_deleted_file_is_gone(storage):
    name = storage.save("files/short-lived.pdf", ContentFile(b"x"))
    storage.delete(name)
    assert not storage.exists(name)
