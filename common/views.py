"""Fragments that every portal uses."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.formfields import SCOPES, RegionWidget

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")


@login_not_required
@require_safe
def region_options(request: HttpRequest) -> HttpResponse:
    """The selects of a region field again, after one of them changed; answers 404 for names no field has.

    Parameters: ``name`` and ``id`` of the field, ``scope``, and the selects' own values.
    """
    name, id_ = request.GET.get("name", ""), request.GET.get("id", "")
    scope = request.GET.get("scope", "")
    if scope not in SCOPES or not _NAME.fullmatch(name) or not _NAME.fullmatch(id_):
        raise Http404
    widget = RegionWidget(scope)
    value = widget.value_from_datadict(request.GET, None, name)
    return HttpResponse(widget.render(name, value, {"id": id_}))
