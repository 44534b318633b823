"""A person's copy of the own data: JSON to go on with elsewhere, PDF to read, both logged and marked."""

import hashlib
import json
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Individual, User
from accounts.writing import write
from common.pdf import render_pdf
from hall.models import DataExport
from hall.my_data.holdings import holdings


@dataclass(frozen=True)
class Copy:
    """A file to hand over."""

    name: str
    content_type: str
    content: bytes


def make_copy(person: Individual, format: str) -> Copy:
    """Everything, unmasked, as ``json`` or ``pdf``."""
    now = timezone.localtime()
    stem = f"我的数据-{now:%Y%m%d%H%M}"
    if format == DataExport.Format.JSON:
        return Copy(f"{stem}.json", "application/json", _as_json(person, f"{now:%Y-%m-%dT%H:%M:%S%z}"))
    context = {
        "person": person,
        "holdings": holdings(person, whole=True),
        "made_at": now,
        # Whoever finds a stray copy sees whose it is and when it was taken.
        "watermark": f"{person.name} 本人导出 {now:%Y-%m-%d %H:%M}",
    }
    return Copy(f"{stem}.pdf", "application/pdf", render_pdf("documents/my_data.html", context, title="我的数据"))


def _as_json(person: Individual, made_at: str) -> bytes:
    content = {
        "说明": f"{person.name}本人导出的个人数据，请妥善保管",
        "导出时间": made_at,
        "数据": [
            {
                "目的": holding.title,
                "依据": holding.basis,
                "保存期限": holding.retention,
                "记录": [[{"项目": item.label, "内容": item.full} for item in record] for record in holding.records],
            }
            for holding in holdings(person, whole=True)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


@write
def record_copy(*, copy: Copy, format: str, address: str | None, by: User) -> DataExport:
    """Keep that the actor took this copy; the file itself is not kept."""
    digest = hashlib.sha256(copy.content).hexdigest()
    return DataExport.objects.create(user=by, format=format, address=address or None, sha256=digest)
