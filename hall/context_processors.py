"""What every page of the hall shows: menus, the acting person or unit, unread messages."""

from django.http import HttpRequest


def hall(request: HttpRequest) -> dict:
    return {}
