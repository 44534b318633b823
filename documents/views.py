"""证明验证 for anybody, the download for whom a document was issued to, and the unit's batches."""

from datetime import timedelta
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.portal import unit_required
from common import files
from config.middleware import outside_read_only
from documents import batches, kinds, queries, verification
from documents.forms import CodeForm, FileForm
from documents.models import DocumentBatch, IssuedDocument

TITLE = "证明验证"
LEAD = "核验本网厅出具的电子证明是否真实、是否仍然有效，不用登录。"
INVALID = 422


def _page(
    request: HttpRequest,
    *,
    code_form: CodeForm | None = None,
    file_form: FileForm | None = None,
    verdict: verification.Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "code_form": code_form or CodeForm(label_suffix=""),
        "file_form": file_form or FileForm(label_suffix=""),
        "verdict": verdict,
        "rows": [{"label": label, "value": value} for label, value in verdict.facts] if verdict else [],
        "page_title": TITLE,
        "page_lead": LEAD,
        "crumbs": [
            {"title": "首页", "url": "/"},
            {"title": TITLE, "url": reverse("documents:verify") if verdict else ""},
        ],
    }
    if verdict:
        context["crumbs"].append({"title": "核验结果", "url": ""})  # type: ignore[attr-defined]
    response = render(request, "public/verify.html", context, status=status)
    # Addresses with codes stay out of caches and search engines.
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _too_many(request: HttpRequest, action: str) -> HttpResponse | None:
    """429 when an address asks too often; a GET counts as well, because it tries a code."""
    if ratelimit.consume(request, app="allauth.account", action=action, limit_get=True):
        return None
    return ratelimit.respond_429(request)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a code that was typed leads to its address."""
    if request.method != "POST":
        return _page(request)
    form = CodeForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, code_form=form, status=INVALID)
    code = verification.normal_code(form.cleaned_data["code"])
    if len(code) != verification.CODE_LENGTH:
        form.add_error("code", f"验证码应为{verification.CODE_LENGTH}位字母和数字，您输入了{len(code)}位")
        return _page(request, code_form=form, status=INVALID)
    return redirect("documents:verify_code", code=code)


@outside_read_only
@login_not_required
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What a code says, typed or by its QR picture; the attempt is counted, therefore outside the read-only transaction."""
    return _too_many(request, "verify") or _page(request, verdict=verification.by_code(code))


@login_not_required
@require_POST
def verify_file(request: HttpRequest) -> HttpResponse:
    """What a file says; it is read and not kept."""
    if (refused := _too_many(request, "verify_file")) is not None:
        return refused
    form = FileForm(request.POST, request.FILES, label_suffix="")
    if not form.is_valid():
        return _page(request, file_form=form, status=INVALID)
    return _page(request, verdict=verification.by_file(form.cleaned_data["file"].read()))


@require_safe
def download(request: HttpRequest, number: str) -> HttpResponse:
    """The file, always the same one, for whom it was issued to; anybody else's is 404."""
    found = queries.to_download(number, request.individual, request.unit)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return document_response(found)


def document_response(document: IssuedDocument) -> HttpResponse:
    """The file of a made document as a download."""
    assert document.file is not None  # noqa: S101 - produced
    return files.file_response(document.file)  # type: ignore[return-value]


# --- Batches -------------------------------------------------------------------------------------

BATCHES_TITLE = "批量打印记录"
BATCHES_SHOWN = 30
SLOW_AFTER = timedelta(minutes=30)


def _batches(request: HttpRequest) -> QuerySet[DocumentBatch]:
    return DocumentBatch.objects.filter(unit=request.unit).select_related("created_by")  # type: ignore[attr-defined]


def _unit_crumbs(*tail: tuple[str, str]) -> list[dict[str, str]]:
    home = [{"title": "首页", "url": "/"}, {"title": "法人办事", "url": "/unit/"}]
    return home + [{"title": title, "url": url} for title, url in tail]


@unit_required
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """The unit's batches, newest first."""
    context = {
        "rows": [{"batch": one, "kind": kinds.get(one.kind).title} for one in _batches(request)[:BATCHES_SHOWN]],
        "page_title": BATCHES_TITLE,
        "crumbs": _unit_crumbs((BATCHES_TITLE, "")),
    }
    return render(request, "unit/document_batches.html", context)


@unit_required
@require_safe
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One batch: how far it is, then its file; htmx asks again for the part that changes."""
    found = get_object_or_404(_batches(request), pk=pk)
    title = kinds.get(found.kind).title
    context = {
        "batch": found,
        "progress": batches.progress(found),
        "slow": not found.finished_at and timezone.now() - found.created_at > SLOW_AFTER,
        "faults": found.items.exclude(fault=""),
        "page_title": title,
        "page_kicker": BATCHES_TITLE,
        "crumbs": _unit_crumbs((BATCHES_TITLE, reverse("documents:batches")), (title, "")),
    }
    template = "unit/_document_batch.html" if request.htmx else "unit/document_batch.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@unit_required
@require_safe
def batch_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file of a finished batch."""
    found = get_object_or_404(_batches(request).filter(file__isnull=False).select_related("file"), pk=pk)
    return files.file_response(found.file)  # type: ignore[arg-type, return-value]
