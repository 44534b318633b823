"""Addresses of cases in both portals, and of their files."""

from django.urls import path, register_converter

from review import attachment_views, draft_views, file_views, list_views, sheet_views, views
from review.portal import PortalConverter

register_converter(PortalConverter, "portal")

app_name = "review"
CASE = "<portal:portal>/cases/<slug:number>/"
urlpatterns = [
    path("<portal:portal>/apply/<slug:matter>/", views.start, name="start"),
    path("<portal:portal>/cases/", list_views.cases, name="cases"),
    path(CASE, views.case, name="case"),
    path(f"{CASE}pages/<slug:page>/", draft_views.page, name="page"),
    path(f"{CASE}pages/<slug:page>/autosave/", draft_views.autosave, name="autosave"),
    path(f"{CASE}pages/<slug:page>/rows/<uuid:row>/delete/", draft_views.delete_row, name="delete_row"),
    path(f"{CASE}pages/<slug:page>/template/", sheet_views.template, name="sheet_template"),
    path(f"{CASE}pages/<slug:page>/marked/", sheet_views.marked, name="sheet_marked"),
    path(f"{CASE}pages/<slug:page>/original/", sheet_views.original, name="sheet_original"),
    path(f"{CASE}attachments/", attachment_views.attachments, name="attachments"),
    path(f"{CASE}attachments/<slug:slot>/upload/", attachment_views.upload, name="upload"),
    path(f"{CASE}attachments/<uuid:attachment>/remove/", attachment_views.remove_attachment, name="remove_attachment"),
    path(f"{CASE}check/", views.check, name="check"),
    path(f"{CASE}progress/", views.progress, name="progress"),
    path(f"{CASE}receipt/", views.receipt, name="receipt"),
    path(f"{CASE}withdraw/", views.withdraw, name="withdraw"),
    path(f"{CASE}close/", views.close, name="close"),
    path(f"{CASE}reapply/", views.reapply, name="reapply"),
    path(f"{CASE}rate/", views.rate, name="rate"),
    path(f"{CASE}print/", views.print_form, name="print"),
    path("files/<uuid:key>/", file_views.file, name="file"),
    path("files/<uuid:key>/pages/<int:number>/", file_views.file_page, name="file_page"),
]
