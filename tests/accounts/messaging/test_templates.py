"""Words that staff edit: checked when saved, shown before, shipped ones again."""

from dataclasses import replace

import pytest
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from accounts.messaging import occasions
from accounts.messaging.actions import send_message
from accounts.messaging.models import Message, MessageTemplate
from review import notices
from tests.factories import make_individual, make_staff

pytestmark = pytest.mark.django_db
CODE = "case-reject"


@pytest.fixture
def editor(client: Client) -> Client:
    call_command("load_message_templates", verbosity=0)
    client.force_login(make_staff("hall"))
    return client


def address(code: str = CODE) -> str:
    return f"/admin/accounts/messagetemplate/{quote(code)}/change/"


def save(client: Client, title: str, body: str, **extra: str):
    return client.post(address(), {"title": title, "body": body, "sms_template": "", **extra})


@pytest.mark.parametrize("occasion", occasions.all_occasions(), ids=lambda occasion: occasion.code)
def test_shipped_words_can_be_filled_and_leave_no_placeholder(occasion) -> None:
    occasions.check(occasion, occasion.title, occasion.body)
    found = occasions.words(occasion.code, occasion.samples)
    assert found.title
    assert found.body
    assert "{" not in found.title + found.body


def test_every_transition_that_is_told_has_its_words() -> None:
    assert {f"case-{transition}" for transition in notices.TOLD} <= {o.code for o in occasions.all_occasions()}


def test_an_occasion_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        occasions.register(replace(occasions.get(CODE), title="别的"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{姓名}您好", "不是本场合可用的占位符"),
        ("{原因", "花括号没有成对"),
        ("原因}", "花括号没有成对"),
        ("{{原因}}", "花括号没有成对"),
        ("{原因.__class__}", "不是本场合可用的占位符"),
        ("{}", "不是本场合可用的占位符"),
    ],
)
def test_words_that_cannot_be_filled_are_refused_with_the_reason(editor: Client, body: str, reason: str) -> None:
    answer = save(editor, "标题", body)
    assert reason in answer.content.decode()
    assert MessageTemplate.objects.get(pk=CODE).title == occasions.get(CODE).title


def test_a_code_cannot_be_left_out() -> None:
    with pytest.raises(ValidationError, match="必须包含占位符"):
        occasions.check(occasions.get("code"), "验证码", "请登录")


def test_staffs_words_are_sent(editor: Client) -> None:
    assert save(editor, "未通过", "{事项}未通过：{原因}").status_code == 302
    user = make_individual().user
    values = {"事项": "演示事项", "办件编号": "YS1", "原因": "材料不全"}
    send_message(user=user, occasion=CODE, values=values, key="k")
    message = Message.objects.get()
    assert (message.title, message.body) == ("未通过", "演示事项未通过：材料不全")


def test_a_value_is_never_read_as_a_placeholder(editor: Client) -> None:
    assert occasions.fill("{原因}", {"原因": "{事项}", "事项": "x"}) == "{事项}"


def test_a_preview_shows_samples_and_stores_nothing(editor: Client) -> None:
    answer = save(editor, "新标题", "新内容：{原因}", _preview="预览")
    page = answer.content.decode()
    assert "新内容：毕业时间与毕业证书不一致" in page
    assert 'value="新标题"' in page
    assert MessageTemplate.objects.get(pk=CODE).title == occasions.get(CODE).title


def test_the_shipped_words_come_back(editor: Client) -> None:
    save(editor, "未通过", "{原因}")
    editor.post(address(), {"_reset": "恢复默认"})
    row = MessageTemplate.objects.get(pk=CODE)
    assert (row.title, row.body) == (occasions.get(CODE).title, occasions.get(CODE).body)


def test_what_staff_reworded_survives_the_next_deploy(editor: Client) -> None:
    save(editor, "未通过", "{原因}")
    call_command("load_message_templates", verbosity=0)
    assert MessageTemplate.objects.get(pk=CODE).title == "未通过"
    assert MessageTemplate.objects.count() == len(list(occasions.all_occasions()))


def test_reviewers_do_not_reword(client: Client) -> None:
    call_command("load_message_templates", verbosity=0)
    client.force_login(make_staff("first"))
    assert client.get(address()).status_code == 403


def test_every_version_of_the_words_is_kept(editor: Client) -> None:
    save(editor, "未通过", "{原因}")
    assert MessageTemplate.objects.get(pk=CODE).history.count() == 2
