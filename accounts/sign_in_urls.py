"""Addresses under the names that allauth knows; all of them lead to the hall's one sign-in path."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import contact_views, provider, qr_views, security_views, sign_in_views, unit_sign_in
from accounts.sso import views as sso_views

urlpatterns = [
    path("login/", sign_in_views.SignInView.as_view(), name="account_login"),
    path("logout/", sign_in_views.SignOutView.as_view(), name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", sign_in_views.register, name="account_signup"),
    path("password/change/", sign_in_views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", sign_in_views.ResetPasswordView.as_view(), name="account_reset_password"),
    path("unit/code/", unit_sign_in.unit_code, name="unit_sign_in_code"),
    path("qr/", qr_views.show, name="qr_sign_in"),
    path("qr/state/", qr_views.state, name="qr_state"),
    path("qr/enter/", qr_views.enter, name="qr_enter"),
    path("qr/<str:token>/", qr_views.confirm, name="qr_confirm"),
    path("reauthenticate/", security_views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("security/", security_views.security, name="mfa_index"),
    path("security/confirm/", contact_views.ConfirmIdentityView.as_view(), name="confirm_identity"),
    path("security/mobile/", contact_views.ChangeMobileView.as_view(), name="change_mobile"),
    path("security/email/", contact_views.ChangeEmailView.as_view(), name="change_email"),
    path("security/email/remove/", contact_views.remove_email, name="remove_email"),
    path("security/sessions/<int:pk>/end/", security_views.end_session, name="end_session"),
    path("security/code/", security_views.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("security/code/again/", security_views.SecondFactorView.as_view(), name="mfa_reauthenticate"),
    path("security/totp/activate/", security_views.ActivateView.as_view(), name="mfa_activate_totp"),
    path("security/totp/deactivate/", security_views.DeactivateView.as_view(), name="mfa_deactivate_totp"),
    path("security/recovery-codes/", security_views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path(
        "security/recovery-codes/generate/",
        security_views.GenerateRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("sso/consent/", sso_views.consent, name="sso_consent"),
    path("sso/signed-out/", sso_views.signed_out, name="sso_signed_out"),
    path("sso/<portal>/login/", provider.begin, name="sso_login"),
    path("sso/<portal>/callback/", provider.callback, name="sso_callback"),
    path("sso/<portal>/back-channel-logout/", sso_views.back_channel_logout, name="sso_back_channel_logout"),
]
