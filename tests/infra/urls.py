"""The hall's addresses and a few that only these tests need."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.middleware import outside_read_only
from config.urls import urlpatterns as hall_urlpatterns


@login_not_required
def create_group(request: HttpRequest) -> HttpResponse:
    Group.objects.create(name="written")
    return HttpResponse("written")


@login_not_required
@outside_read_only
def create_group_on_purpose(request: HttpRequest) -> HttpResponse:
    return create_group(request)


@login_not_required
def remember(request: HttpRequest) -> HttpResponse:
    request.session["seen_guide"] = True
    return HttpResponse("remembered")


def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse("private")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("110101199003070134")


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """A whole page that passes; ?fault= adds what must not be."""
    fault = {
        "script": "<script>document.title = 'changed'</script>",
        "image": '<img src="/static/none.png">',
    }.get(request.GET.get("fault", ""), "")
    return HttpResponse(
        '<!doctype html><html lang="zh-CN"><head><title>演示</title><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>演示页面</h1>{fault}</main></body></html>"
    )


urlpatterns = [
    path("page/", page),
    path("write/", create_group),
    path("write-on-purpose/", create_group_on_purpose),
    path("remember/", remember),
    path("private/", private),
    path("broken/", broken),
    *hall_urlpatterns,
]
