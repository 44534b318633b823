"""A matter for these tests alone: pages, masked values, rows with a slot of their own, two offices. All data is fictitious."""

import io
import uuid
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.models import Unit, User
from common import files
from common.models import StoredFile
from internship.models import StaffPerson, UnitQualification
from review import actions, workflow
from review.forms import PageForm, RowForm
from review.matters import DefaultStep, Guide, Matter, Page, Rows, Slot
from review.models import Attachment, Case, PageDraft, ReviewStep
from tests.factories import CITY, COUNTY, make_handler, make_region, make_staff, make_unit

ROW = "11111111-1111-4111-8111-111111111111"


class BasicForm(PageForm):
    class Meta:
        model = UnitQualification
        fields = ["name", "uscc", "unit_type", "industry", "legal_representative", "employee_count", "introduction"]


class PlaceForm(PageForm):
    masked = {"mobile": "mobile"}

    class Meta:
        model = UnitQualification
        fields = [
            "registered_address",
            "office_address",
            "region",
            "handling_region",
            "planned_positions",
            "planned_trainees",
            "contact",
            "mobile",
        ]


class BankForm(PageForm):
    masked = {"account_no": "account"}

    class Meta:
        model = UnitQualification
        fields = ["account_holder", "bank", "account_no"]


class PersonForm(RowForm):
    masked = {"id_no": "id", "phone": "mobile"}

    class Meta:
        model = StaffPerson
        fields = ["name", "id_type", "id_no", "phone"]


class SampleMatter(Matter):
    """见习单位申请 without its own rules and effects."""

    code, name, prefix, portal, group = "sample", "演示事项", "YSSX", "unit", "演示"
    guide = Guide("演示单位", (), "8个工作日", ())
    record = UnitQualification
    slots = (
        Slot("licence", "营业执照", required=True),
        Slot("promise", "承诺书"),
        Slot("document", "身份证明", per_row="persons"),
    )
    steps = (DefaultStep("first", "county", 5), DefaultStep("second", "city", 3))
    real_name_level = 1

    def pages(self, case: Case, values: Any) -> list[Any]:
        return [
            Page("basic", "单位基本信息", BasicForm),
            Page("place", "地址和联系人", PlaceForm),
            Rows("persons", "专职人员", PersonForm, ("name",), minimum=1),
            Page("bank", "银行账户", BankForm),
        ]

    def key(self, case: Case, values: Any) -> str | None:
        return f"unit-{case.unit_id}"

    def region(self, case: Case, record: Any) -> str:
        return record.handling_region_id

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return (record.contact, "")


def values_of(unit: Unit, region: str = COUNTY) -> dict[str, Any]:
    """What the unit typed."""
    return {
        "basic": {
            "name": unit.name,
            "uscc": unit.uscc,
            "unit_type": "10",
            "industry": "I",
            "legal_representative": "李演示",
            "employee_count": "30",
            "introduction": "主营软件开发（虚构）",
        },
        "place": {
            "registered_address": "演示路1号",
            "office_address": "演示路1号",
            "region": region,
            "handling_region": region,
            "planned_positions": "2",
            "planned_trainees": "4",
            "contact": "王联系",
            "mobile": "13800001111",
        },
        "persons": {
            "rows": [
                {"key": ROW, "name": "赵专职", "id_type": "01", "id_no": "140105199003070016", "phone": "13800002222"}
            ]
        },
        "bank": {"account_holder": unit.name, "bank": "演示银行", "account_no": "6222020200112233445"},
    }


def make_file(by: User, name: str = "营业执照.png", *, drawn: bool = False) -> StoredFile:
    """A stored picture; only a ``drawn`` one has content."""
    if not drawn:
        return StoredFile.objects.create(
            storage_key=f"files/{uuid.uuid4().hex}",
            original_name=name,
            kind="png",
            content_type="image/png",
            size=1,
            sha256="0" * 64,
            state="clean",
            pages=1,
            created_by=by,
        )
    content = io.BytesIO()
    Image.new("RGB", (620, 877), "#dfe8f0").save(content, "PNG")
    return files.store_own(content.getvalue(), name=name, kind="png", by=by, pages=1)


def load_steps() -> None:
    """The route of the matter as shipped."""
    if not ReviewStep.objects.filter(matter="sample").exists():
        ReviewStep.objects.bulk_create(
            ReviewStep(matter="sample", order=order, role=s.role, level=s.level, days=s.days)
            for order, s in enumerate(SampleMatter.steps, start=1)
        )


def make_draft(region: str = COUNTY, *, unit: Unit | None = None, drawn: bool = False) -> tuple[Case, User]:
    """A complete draft and the handler whose it is."""
    load_steps()
    make_region(region)
    unit = unit or make_unit()
    handler = make_handler(unit)
    case = Case.objects.create(
        number=actions.next_number("YSSX", timezone.localdate()), matter="sample", unit=unit, acting_user=handler.user
    )
    PageDraft.objects.bulk_create(
        PageDraft(case=case, page=page, values=values, saved_by=handler.user)
        for page, values in values_of(unit, region).items()
    )
    Attachment.objects.create(
        case=case, slot="licence", file=make_file(handler.user, drawn=drawn), added_by=handler.user
    )
    return case, handler.user


def make_submitted(region: str = COUNTY, **options: Any) -> Case:
    """A case that waits for the county."""
    case, handler = make_draft(region, **options)
    return workflow.perform(case, "submit", by=handler)


def offices() -> tuple[User, User]:
    """A reviewer of the county's step and one of the city's."""
    return make_staff("first", COUNTY, name="县初审"), make_staff("second", CITY, name="市复审")
