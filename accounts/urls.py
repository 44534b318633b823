"""Addresses of accounts: registration, the acting unit, data that an account keeps, messages."""

from django.urls import path

from accounts import sign_in_views, views
from accounts.messaging import views as messaging_views

app_name = "accounts"

urlpatterns = [
    path("accounts/register/individual/", sign_in_views.RegisterIndividualView.as_view(), name="register_individual"),
    path("accounts/register/unit/", sign_in_views.RegisterUnitView.as_view(), name="register_unit"),
    path("accounts/terms/", sign_in_views.terms, name="terms"),
    path("accounts/bank-consent/", sign_in_views.bank_consent, name="bank_consent"),
    path("accounts/privacy/", sign_in_views.privacy, name="privacy"),
    path("accounts/choose-unit/", views.choose_unit, name="choose_unit"),
    path("accounts/messages/", messaging_views.inbox, name="messages"),
    path("accounts/messages/read-all/", messaging_views.read_all, name="read_all"),
    path("accounts/messages/settings/", messaging_views.preferences, name="message_preferences"),
    path("accounts/messages/<int:pk>/", messaging_views.message, name="message"),
    path("individual/profile/", views.individual_profile, name="individual_profile"),
    path("individual/bank-accounts/", views.own_accounts, name="own_accounts"),
    path("individual/bank-accounts/add/", views.add_own_account, name="add_own_account"),
    path("individual/bank-accounts/<int:pk>/end/", views.end_own_account, name="end_own_account"),
    path("unit/profile/", views.unit_profile, name="unit_profile"),
    path("unit/profile/bank-accounts/add/", views.add_unit_account, name="add_unit_account"),
    path("unit/profile/bank-accounts/<int:pk>/end/", views.end_unit_account, name="end_unit_account"),
]
