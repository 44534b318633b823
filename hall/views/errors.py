"""Error pages with the hall's frame; Django's own handlers draw 403.html, 404.html and 500.html."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or a browser that keeps no cookies."""
    return render(request, "403_csrf.html", status=403)
