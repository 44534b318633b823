"""Addresses under the names that allauth knows; all of them lead to the hall's one sign-in path."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import sign_in_views

urlpatterns = [
    path("login/", sign_in_views.SignInView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", sign_in_views.register, name="account_signup"),
    path("password/change/", sign_in_views.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", sign_in_views.ResetPasswordView.as_view(), name="account_reset_password"),
]
