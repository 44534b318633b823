"""Codes by short message: one use, five tries, five minutes, one a minute, ten a day; never stored in clear."""

import pytest

from accounts import actions
from accounts.models import MobileCode
from tests.accounts.conftest import at_once, last_code, sent_messages

MOBILE = "13800000001"


def issue(**changes) -> None:
    actions.issue_code(**({"mobile": MOBILE, "purpose": "sign_in", "deliver": True, "by": None} | changes))


def use(code: str, **changes) -> bool:
    return actions.use_code(**({"mobile": MOBILE, "purpose": "sign_in", "code": code, "by": None} | changes))


@pytest.fixture
def code(db: None, django_capture_on_commit_callbacks) -> str:
    with django_capture_on_commit_callbacks(execute=True):
        issue()
    return last_code()


def test_a_code_works_once(code: str) -> None:
    assert use(code)
    assert not use(code)


def test_only_a_digest_of_code_and_number_is_kept(code: str) -> None:
    row = MobileCode.objects.get()
    stored = {str(value) for value in vars(row).values()}
    assert code not in stored
    assert MOBILE not in stored


def test_a_code_serves_only_its_number_its_account_and_its_purpose(code: str) -> None:
    assert not use(code, mobile="13800000002")
    assert not use(code, purpose="reset")
    assert not use(code, account="yanshi")
    assert use(code)


def test_five_wrong_tries_use_it_up(code: str) -> None:
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        assert not use(wrong)
    assert not use(code)


@pytest.mark.django_db
def test_it_lasts_five_minutes(at, django_capture_on_commit_callbacks) -> None:
    clock = at("2026-03-02 10:00")
    with django_capture_on_commit_callbacks(execute=True):
        issue()
    code = last_code()
    clock.move_to("2026-03-02T02:05:00+00:00")
    assert not use(code)


@pytest.mark.django_db
def test_the_next_one_is_a_minute_away_and_replaces_the_first(at, django_capture_on_commit_callbacks) -> None:
    clock = at("2026-03-02 10:00")
    with django_capture_on_commit_callbacks(execute=True):
        issue()
    first = last_code()
    with pytest.raises(actions.Refused, match="请60秒后再获取"):
        issue()
    clock.tick(61)
    with django_capture_on_commit_callbacks(execute=True):
        issue()
    second = last_code()
    assert len(sent_messages()) == 2
    assert first == second or not use(first)
    assert use(second)


@pytest.mark.django_db
def test_ten_a_day(at) -> None:
    clock = at("2026-03-02 10:00")
    for _ in range(10):
        issue()
        clock.tick(61)
    with pytest.raises(actions.Refused, match="请明天再试"):
        issue()
    clock.tick(24 * 3600)
    issue()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_the_right_code_one_wins() -> None:
    issue()
    code = last_code()
    assert sorted(at_once(lambda: use(code), 2)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_wrong_tries_at_once_are_all_counted() -> None:
    issue()
    wrong = "000000" if last_code() != "000000" else "000001"
    at_once(lambda: use(wrong), 4)
    assert MobileCode.objects.get().tries_left == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_send_one_message() -> None:
    def ask() -> bool:
        try:
            issue()
        except actions.Refused:
            return False
        return True

    assert sorted(at_once(ask, 2)) == [False, True]
    assert len(sent_messages()) == 1
