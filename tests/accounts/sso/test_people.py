"""A person signs in by the network: found by verified ID number, never by e-mail (matters A1)."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.test import Client

from accounts.models import Consent, Individual, SignIn, User
from accounts.sso import actions
from accounts.sso.rules import read_claims
from tests.accounts.conftest import at_once
from tests.accounts.sso.conftest import Network, begin, come_back, person, provider_warnings, sign_in, use_network
from tests.factories import make_id_no, make_individual, make_mobile, make_staff, make_user

pytestmark = [pytest.mark.django_db, provider_warnings]


def signed_in_as(client: Client) -> int | None:
    key = client.session.get("_auth_user_id")
    return int(key) if key else None


def test_without_configuration_there_is_no_button_and_no_address(client: Client) -> None:
    page = client.get("/accounts/login/")
    assert "统一身份认证" not in page.content.decode()
    assert "form-action 'self';" in page["Content-Security-Policy"] + ";"
    assert client.post("/accounts/sso/individual/login/").status_code == 404
    assert client.get("/accounts/sso/individual/callback/?code=1&state=1").status_code == 404
    assert client.post("/accounts/sso/individual/back-channel-logout/").status_code == 404


def test_only_the_sign_in_page_may_lead_a_form_to_the_issuers(
    client: Client, network: Network, settings: LazySettings
) -> None:
    settings.SSO_ORIGINS = ["https://login.example"]
    page = client.get("/accounts/login/")
    assert f"form-action 'self' {network.issuer} https://login.example" in page["Content-Security-Policy"]
    assert network.issuer not in client.get("/")["Content-Security-Policy"]
    assert "统一身份认证登录" in page.content.decode()
    assert "统一身份认证登录" not in client.get("/accounts/login/?portal=staff").content.decode()


def test_the_request_carries_state_nonce_and_pkce(client: Client, network: Network) -> None:
    query = parse_qs(urlsplit(begin(client)).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == {"openid", "profile"}
    assert query["redirect_uri"] == ["http://testserver/accounts/sso/individual/callback/"]
    assert len(query["nonce"][0]) >= 32
    assert len(query["state"][0]) >= 16
    assert len(query["code_challenge"][0]) >= 43


def test_a_sign_in_begins_by_post_only(client: Client, network: Network) -> None:
    assert client.get("/accounts/sso/individual/login/").status_code == 405


def test_a_new_person_agrees_once_and_gets_a_verified_account(client: Client, network: Network) -> None:
    network.knows("p1", **person(1))
    answer = come_back(client, network.authorise(begin(client), "p1"))
    assert answer["Location"] == "/accounts/sso/consent/"
    assert signed_in_as(client) is None
    assert "请阅读并同意" in client.post("/accounts/sso/consent/", {}).content.decode()
    assert client.post("/accounts/sso/consent/", {"agreement": "on"})["Location"] == "/individual/"
    individual = Individual.objects.get()
    assert (individual.name, individual.id_no, individual.level) == ("张演示", make_id_no(1), 4)
    assert individual.is_verified
    assert signed_in_as(client) == individual.user_id
    assert not individual.user.has_usable_password()
    assert Consent.objects.filter(user=individual.user).count() == 2
    # The second time leads straight in, to the same account
    client.post("/accounts/logout/")
    assert come_back(client, network.authorise(begin(client), "p1"))["Location"] == "/individual/"
    assert Individual.objects.count() == 1


def test_who_declines_the_texts_is_not_signed_in(client: Client, network: Network) -> None:
    network.knows("p1", **person(1))
    come_back(client, network.authorise(begin(client), "p1"))
    assert client.post("/accounts/sso/consent/", {"decline": "1"})["Location"] == "/accounts/login/"
    assert signed_in_as(client) is None
    assert Consent.objects.count() == 0


def test_nothing_personal_is_kept_with_the_link(client: Client, network: Network) -> None:
    network.knows("p1", **person(1), email="somebody@example.com")
    sign_in(client, network, "p1")
    link = SocialAccount.objects.get()
    assert (link.uid, link.extra_data) == ("p1", {})


def test_a_verified_account_is_found_by_its_id_number_and_its_level_rises(client: Client, network: Network) -> None:
    known = make_individual(id_no=make_id_no(2), level=3)
    network.knows("p2", **person(2, auth_level=5))
    sign_in(client, network, "p2")
    assert signed_in_as(client) == known.user_id
    known.refresh_from_db()
    assert known.level == 5


def test_the_level_never_falls(client: Client, network: Network) -> None:
    known = make_individual(id_no=make_id_no(2), level=5)
    network.knows("p2", **person(2, auth_level=3))
    sign_in(client, network, "p2")
    known.refresh_from_db()
    assert known.level == 5


def test_an_e_mail_address_leads_to_nobody(client: Client, network: Network) -> None:
    other = make_individual(user=make_user(email="same@example.com"))
    network.knows("p3", **person(3), email="same@example.com", email_verified=True)
    sign_in(client, network, "p3")
    assert signed_in_as(client) not in {None, other.user_id}


def test_an_unverified_claim_to_the_id_number_does_not_block_its_holder(client: Client, network: Network) -> None:
    squatter = make_individual(id_no=make_id_no(4), level=2)
    network.knows("p4", **person(4))
    sign_in(client, network, "p4")
    assert signed_in_as(client) not in {None, squatter.user_id}
    squatter.refresh_from_db()
    assert squatter.level == 2


def test_a_declared_account_with_the_same_proved_mobile_number_is_the_same_person(
    client: Client, network: Network
) -> None:
    user = make_user(name="张演示", mobile=make_mobile(905))
    declared = make_individual(user=user, id_no=make_id_no(5), level=2)
    network.knows("p5", **person(5))
    sign_in(client, network, "p5")
    assert signed_in_as(client) == declared.user_id
    declared.refresh_from_db()
    assert declared.level == 4


def test_a_mobile_number_that_is_taken_does_not_sign_in_twice(client: Client, network: Network) -> None:
    holder = make_individual(user=make_user(mobile=make_mobile(906)))
    network.knows("p6", **person(6))
    sign_in(client, network, "p6")
    new = User.objects.get(pk=signed_in_as(client))
    assert new.pk != holder.user_id
    assert new.mobile_verified_at is None


def test_the_names_of_claims_are_configured(client: Client, network: Network, settings: LazySettings) -> None:
    use_network(settings, network.issuer, claims={"id_no": "idcard", "auth_level": "realname"})
    claims = person(7)
    network.knows("p7", **claims, idcard=claims.pop("id_no"), realname=str(claims.pop("auth_level")))
    sign_in(client, network, "p7")
    assert Individual.objects.get().id_no == make_id_no(7)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"auth_level": 2}, "还没有实名"),
        ({"auth_level": 6}, "没有提供完整的身份信息"),
        ({"auth_level": ""}, "没有提供完整的身份信息"),
        ({"id_no": "140105200205170011"}, "没有提供完整的身份信息"),
        ({"id_no": ""}, "没有提供完整的身份信息"),
        ({"id_type": "99x"}, "没有提供完整的身份信息"),
        ({"name": ""}, "没有提供完整的身份信息"),
    ],
)
def test_claims_that_prove_nothing_are_refused(
    client: Client, network: Network, changes: dict, title: str, caplog: pytest.LogCaptureFixture
) -> None:
    claims = person(8, **changes)
    network.knows("p8", **claims)
    with caplog.at_level(logging.WARNING, "tongban.sso"):
        answer = sign_in(client, network, "p8")
    assert answer.status_code == 403
    assert title in answer.content.decode()
    assert "您可以这样办理" in answer.content.decode()
    assert User.objects.count() == 0
    assert "refused" in caplog.text
    assert not claims["id_no"] or claims["id_no"] not in caplog.text


def test_another_name_for_a_verified_id_number_is_refused(client: Client, network: Network) -> None:
    make_individual(name="李演示", id_no=make_id_no(9))
    network.knows("p9", **person(9))
    answer = sign_in(client, network, "p9")
    assert answer.status_code == 403
    assert "姓名与本网厅已核验的姓名不一致" in answer.content.decode()
    assert signed_in_as(client) is None


def test_a_network_account_that_shows_another_id_number_is_refused(client: Client, network: Network) -> None:
    network.knows("p10", **person(10))
    sign_in(client, network, "p10")
    client.post("/accounts/logout/")
    network.knows("p10", **person(11))
    answer = sign_in(client, network, "p10")
    assert answer.status_code == 403
    assert "证件号码与本网厅的账号不一致" in answer.content.decode()


def test_a_staff_account_is_not_opened_by_the_network(client: Client, network: Network) -> None:
    make_individual(user=make_staff(), id_no=make_id_no(12))
    network.knows("p12", **person(12))
    answer = sign_in(client, network, "p12")
    assert answer.status_code == 403
    assert "工作人员不能从这里登录" in answer.content.decode()


def test_a_disabled_account_stays_out(client: Client, network: Network) -> None:
    known = make_individual(id_no=make_id_no(13))
    known.user.is_active = False
    known.user.save()
    network.knows("p13", **person(13))
    assert sign_in(client, network, "p13")["Location"] == "/accounts/inactive/"
    assert signed_in_as(client) is None


def test_another_account_open_in_the_browser_is_signed_out_first(client: Client, network: Network) -> None:
    other = make_individual()
    client.force_login(other.user)
    network.knows("p14", **person(14))
    sign_in(client, network, "p14")
    assert signed_in_as(client) not in {None, other.user_id}


def test_the_sign_in_comes_back_to_where_it_was_asked_for_but_never_to_another_site(
    client: Client, network: Network
) -> None:
    network.knows("p15", **person(15))
    assert sign_in(client, network, "p15", target="/individual/profile/")["Location"] == "/individual/profile/"
    client.post("/accounts/logout/")
    assert sign_in(client, network, "p15", target="https://example.com/")["Location"] == "/individual/"


def test_nobody_links_the_network_to_an_open_account(client: Client, network: Network) -> None:
    """allauth can connect a further account to the one that is signed in; here identity alone decides."""
    other = make_individual()
    client.force_login(other.user)
    network.knows("p17", **person(17))
    address = client.post("/accounts/sso/individual/login/?process=connect", {"process": "connect"})["Location"]
    come_back(client, network.authorise(address, "p17"))
    assert SocialAccount.objects.get().user_id != other.user_id


def test_who_cancels_at_the_network_is_back_at_the_sign_in_page(client: Client, network: Network) -> None:
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get("/accounts/sso/individual/callback/", {"error": "access_denied", "state": state}, follow=True)
    assert "您已取消统一身份认证" in answer.content.decode()


def test_another_sign_in_after_one_that_was_left_half_way_is_not_the_networks(client: Client, network: Network) -> None:
    network.knows("p16", **person(16))
    come_back(client, network.authorise(begin(client), "p16"))  # waits for consent
    assert client.get("/accounts/login/")["Location"] == "/accounts/sso/consent/"
    client.force_login(make_individual().user)
    assert SignIn.objects.get().client == ""
    assert "sso" not in client.session


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_once_make_one_account() -> None:
    claims = read_claims("individual", person(20) | {"sub": "p20"}, {})
    found = at_once(lambda: actions.individual_for(claims=claims, by=None).pk)
    assert len(found) == 2
    assert len(set(found)) == 1
    assert Individual.objects.count() == SocialAccount.objects.count() == 1
