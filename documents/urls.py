"""Addresses of verification and of downloads."""

from django.urls import path

from documents import views

app_name = "documents"

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify_file"),
    path("verify/<str:code>/", views.verify_code, name="verify_code"),
    path("unit/documents/", views.batch_list, name="batches"),
    path("unit/documents/<uuid:pk>/", views.batch, name="batch"),
    path("unit/documents/<uuid:pk>/file/", views.batch_file, name="batch_file"),
    path("documents/<slug:number>/", views.download, name="download"),
]
