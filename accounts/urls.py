"""Addresses of accounts: registration, the acting unit, data that an account keeps, messages."""

from django.urls import path

from accounts import appeal_views, handler_views, sign_in_views, views
from accounts.messaging import views as messaging_views

app_name = "accounts"

urlpatterns = [
    path("accounts/register/individual/", sign_in_views.RegisterIndividualView.as_view(), name="register_individual"),
    path("accounts/register/unit/", sign_in_views.RegisterUnitView.as_view(), name="register_unit"),
    path("accounts/terms/", sign_in_views.terms, name="terms"),
    path("accounts/bank-consent/", sign_in_views.bank_consent, name="bank_consent"),
    path("accounts/privacy/", sign_in_views.privacy, name="privacy"),
    path("accounts/appeal/", appeal_views.AppealView.as_view(), name="appeal"),
    path("accounts/appeal/papers/", appeal_views.papers, name="appeal_papers"),
    path("accounts/appeal/papers/<str:slot>/add/", appeal_views.add_paper, name="add_appeal_paper"),
    path("accounts/appeal/papers/<int:pk>/remove/", appeal_views.remove_paper, name="remove_appeal_paper"),
    path("accounts/appeal/submit/", appeal_views.submit, name="submit_appeal"),
    path("accounts/appeal/receipt/", appeal_views.receipt, name="appeal_receipt"),
    path("accounts/appeal/status/", appeal_views.status, name="appeal_status"),
    path("accounts/activate/<str:token>/", handler_views.activate, name="activate"),
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
    path("unit/handlers/", handler_views.handlers, name="handlers"),
    path("unit/handlers/add/", handler_views.add_handler, name="add_handler"),
    path("unit/handlers/<int:pk>/", handler_views.handler, name="handler"),
    path("unit/handlers/<int:pk>/end/", handler_views.end_handler, name="end_handler"),
    path("unit/handlers/<int:pk>/role/", handler_views.handler_role, name="handler_role"),
    path("unit/handlers/<int:pk>/link/", handler_views.send_link, name="send_link"),
]
