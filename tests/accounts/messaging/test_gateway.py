"""The HTTP gateway: signed requests, and every way in which an answer can be missing or wrong."""

import json
import logging
from collections.abc import Iterator

import pytest

from accounts import sms
from accounts.messaging import gateway as http
from accounts.sms import NotSent, Rejected, ShortMessage, Unclear
from tests.support.gateway import Gateway, answer, gateway, hang

MOBILE, TEXT = "13812345678", "【人社通办】登录验证码135790，5分钟内有效。"
MESSAGE = ShortMessage(MOBILE, TEXT, "token-1", "T001", {"验证码": "135790"})


@pytest.fixture
def server(settings) -> Iterator[Gateway]:
    with gateway() as found:
        settings.SMS_ADAPTER = "accounts.messaging.gateway.HttpSms"
        settings.SMS_GATEWAY = found.settings()
        yield found


@pytest.mark.parametrize("method", ["HMAC-SM3", "HMAC-SHA256"])
def test_the_gateway_can_verify_the_signature(server: Gateway, settings, method: str) -> None:
    settings.SMS_GATEWAY = server.settings(method=method)
    sms.adapter().send(MESSAGE)
    assert server.phones_rang() == [MOBILE]
    (content,) = server.delivered.values()
    assert content["template"] == "T001"
    assert content["params"] == {"验证码": "135790"}
    assert content["text"] == TEXT


def test_a_wrong_secret_is_refused_for_good(server: Gateway, settings) -> None:
    settings.SMS_GATEWAY = server.settings(secret="another")
    with pytest.raises(Rejected):
        sms.adapter().send(MESSAGE)
    assert server.phones_rang() == []


def test_each_request_has_a_nonce_of_its_own_and_each_message_one_key(server: Gateway) -> None:
    for _ in range(2):
        sms.adapter().send(MESSAGE)
    nonces = {request["headers"]["X-Nonce"] for request in server.requests}
    keys = {request["headers"]["Idempotency-Key"] for request in server.requests}
    assert (len(nonces), keys) == (2, {"token-1"})
    assert server.phones_rang() == [MOBILE]


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(500), Unclear),
        (answer(503, b"busy"), Unclear),
        (answer(302), Unclear),
        (answer(200, b"<html>ok</html>"), Unclear),
        (answer(200, b"\xff\xfe\x00"), Unclear),
        (answer(200, b""), Unclear),
        (answer(200, b"[]"), Unclear),
        (answer(200, b'{"code": 0}'), Unclear),
        (answer(200, b'{"code": "OK"}'), Unclear),
        (answer(200, b'{"code": "OK", "id": ""}'), Unclear),
        (answer(200, b"x" * 100_000), Unclear),
        (answer(200, b'{"code": "TEMPLATE_NOT_APPROVED"}'), Rejected),
        (answer(400), Rejected),
        (answer(429), NotSent),
    ],
)
def test_an_answer_counts_only_if_it_says_so(server: Gateway, behaviour, error) -> None:
    server.behaviours.append(behaviour)
    with pytest.raises(error):
        sms.adapter().send(MESSAGE)


def test_a_code_of_refusal_is_kept_without_anything_else(server: Gateway) -> None:
    server.behaviours.append(answer(200, json.dumps({"code": f"BAD {MOBILE} <b>"}).encode()))
    with pytest.raises(Rejected) as refusal:
        sms.adapter().send(MESSAGE)
    assert refusal.value.answer == f"BAD{MOBILE}b"[:32] or MOBILE not in refusal.value.answer


def test_a_gateway_that_says_nothing_leaves_open_what_happened(server: Gateway, monkeypatch) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    server.behaviours.append(hang(0.6, taken=True))
    with pytest.raises(Unclear):
        sms.adapter().send(MESSAGE)


def test_an_answer_that_drips_is_broken_off(server: Gateway, monkeypatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", -1)
    with pytest.raises(Unclear):
        sms.adapter().send(MESSAGE)


def test_a_gateway_that_is_not_there_has_sent_nothing(settings) -> None:
    settings.SMS_ADAPTER = "accounts.messaging.gateway.HttpSms"
    with gateway() as gone:
        settings.SMS_GATEWAY = gone.settings()
    with pytest.raises(NotSent):
        sms.adapter().send(MESSAGE)


def test_neither_number_nor_code_get_into_logs_or_errors(server: Gateway, caplog, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    errors = []
    for behaviour in (answer(500), answer(400), answer(200, b"?"), hang(0.5, taken=False)):
        server.behaviours.append(behaviour)
        try:
            sms.adapter().send(MESSAGE)
        except sms.DeliveryError as error:
            errors.append(f"{error!r} {error.__cause__!r}")
    told = caplog.text + "".join(errors) + repr(MESSAGE)
    assert len(errors) == 4
    assert MOBILE not in told
    assert "135790" not in told
