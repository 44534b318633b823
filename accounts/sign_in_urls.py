"""Addresses under the names that allauth knows; all of them lead to the hall's one sign-in path."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import provider, sign_in_views
from accounts.sso import views as sso_views

urlpatterns = [
    path("login/", sign_in_views.SignInView.as_view(), name="account_login"),
    path("logout/", sign_in_views.SignOutView.as_view(), name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", sign_in_views.register, name="account_signup"),
    path("password/change/", sign_in_views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", sign_in_views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("sso/consent/", sso_views.consent, name="sso_consent"),
    path("sso/signed-out/", sso_views.signed_out, name="sso_signed_out"),
    path("sso/<portal>/login/", provider.begin, name="sso_login"),
    path("sso/<portal>/callback/", provider.callback, name="sso_callback"),
    path("sso/<portal>/back-channel-logout/", sso_views.back_channel_logout, name="sso_back_channel_logout"),
]
