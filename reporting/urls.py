"""Addresses of the pages around placements."""

from django.urls import path

from reporting import (
    claims_views,
    correction_views,
    document_views,
    publicity_views,
    report_views,
    trainee_views,
    views,
)

app_name = "reporting"

urlpatterns = [
    path("individual/placements/", trainee_views.placements, name="my_placements"),
    path("individual/placements/<int:pk>/", trainee_views.placement, name="my_placement"),
    path("individual/placements/<int:pk>/certificate/", trainee_views.certificate, name="certificate"),
    path("individual/placements/<int:pk>/objections/", trainee_views.object_to, name="object_to"),
    path("individual/placements/<int:pk>/log/", trainee_views.write_log, name="write_log"),
    path("unit/placements/objections/<int:pk>/answer/", views.answer_objection, name="answer_objection"),
    path("unit/placements/", views.placements, name="placements"),
    path("unit/placements/<int:pk>/", views.placement, name="placement"),
    path("unit/placements/documents/", document_views.documents, name="documents"),
    path("unit/placements/documents/<int:pk>/", document_views.document, name="document"),
    path(
        "unit/placements/<int:pk>/documents/agreement/",
        document_views.upload,
        {"kind": "agreement"},
        name="upload_agreement",
    ),
    path("unit/placements/<int:pk>/documents/policy/", document_views.upload, {"kind": "policy"}, name="upload_policy"),
    path("unit/placements/<int:pk>/correct/", correction_views.correct, name="correct"),
    path("unit/placements/<int:pk>/cancel/", correction_views.cancel, name="cancel"),
    path("unit/placements/<int:pk>/<slug:kind>/<slug:month>/correct/", correction_views.correct, name="correct_month"),
    path("unit/placements/<int:pk>/<slug:kind>/<slug:month>/cancel/", correction_views.cancel, name="cancel_month"),
    path("unit/placements/<int:pk>/end/", views.end, name="end"),
    path("unit/placements/registrations/<slug:number>/end/", views.end_registration, name="end_registration"),
    path("unit/placements/registrations/<slug:number>/look-up/", views.look_up, name="look_up"),
    path("unit/monthly-reports/", report_views.monthly_reports, name="monthly_reports"),
    path("unit/monthly-reports/<int:pk>/revise/", report_views.revise, name="revise_report"),
    path("unit/living-subsidies/", claims_views.living_subsidies, name="living_subsidies"),
    path("unit/mentoring-subsidies/", claims_views.mentoring_subsidies, name="mentoring_subsidies"),
    path("unit/subsidies/people/<int:pk>/", claims_views.months, name="subsidy_months"),
    path("unit/subsidies/<slug:number>/form/", claims_views.claim_form, name="claim_form"),
    path("unit/subsidies/<slug:number>/roster/", claims_views.claim_roster, name="claim_roster"),
    path("unit/subsidies/<slug:number>/payment/", publicity_views.correct_payee, name="correct_payee"),
    path("notices/publicity/", publicity_views.publicities, name="publicities"),
    path("notices/publicity/<int:pk>/", publicity_views.publicity_page, name="publicity"),
    path("notices/publicity/<int:pk>/objection/", publicity_views.object_to, name="object_to_publicity"),
    path("notices/objections/<slug:number>/", publicity_views.objection_receipt, name="objection_receipt"),
]
