"""Addresses of the queue, the review page and every decision; they stand before the admin's own of the case."""

from django.contrib import admin
from django.urls import URLPattern, path

from review import file_views, staff_views
from review.staff_pages import DECISIONS


def case_urls() -> list[URLPattern]:
    """The hall's own views around a case, under /admin/review/case/."""
    wrap = admin.site.admin_view
    case = "<slug:number>/"
    return [
        path("queue/", wrap(staff_views.queue), name="review_case_queue"),
        path(f"{case}review/", wrap(staff_views.review), name="review_case_review"),
        path(f"{case}clear-text/", wrap(staff_views.clear_text), name="review_case_clear_text"),
        path(f"{case}pages/<slug:page>/original/", wrap(file_views.staff_original), name="review_case_original"),
        path(f"{case}viewing/", wrap(staff_views.viewing), name="review_case_viewing"),
        path(f"{case}tick/<uuid:attachment>/", wrap(staff_views.tick), name="review_case_tick"),
        *(
            path(
                f"{case}{transition}/",
                wrap(staff_views.decide),
                {"transition": transition},
                name=f"review_case_{transition}",
            )
            for transition in DECISIONS
        ),
    ]
