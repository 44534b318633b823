"""Sample matters: a reviewed application with rows, and an import that approves itself."""

from typing import Any

from django import forms

from accounts.models import User
from review.forms import PageForm, RowForm
from review.matters import AnyPage, DefaultStep, Guide, Matter, Page, Rows, Slot, register
from review.models import Case
from tests.samples.models import Application, Batch, BatchLine, Item, Thing

GUIDE = Guide(who="测试", materials=(), time_limit="10个工作日", legal_basis=("测试依据",))


class BasicForm(PageForm):
    masked = {"mobile": "mobile"}

    class Meta:
        model = Application
        fields = ["title", "count", "region", "mobile"]


class LimitForm(PageForm):
    class Meta:
        model = Application
        fields = ["limit"]


class ItemForm(RowForm):
    class Meta:
        model = Item
        fields = ["label"]


class LineForm(RowForm):
    class Meta:
        model = BatchLine
        fields = ["code"]
        widgets = {"code": forms.TextInput}


@register
class SampleApplication(Matter):
    code, name, prefix, portal, group = "sample-application", "样例申请", "YL", "individual", "样例"
    guide = GUIDE
    record = Application
    slots = (Slot("proof", "证明材料", required=True), Slot("item-proof", "标签材料", per_row="items"))
    steps = (DefaultStep("first", "county", 5), DefaultStep("second", "city", 5))
    keeps_key = True

    def key(self, case: Case, values: dict[str, Any]) -> str | None:
        return f"individual-{case.individual_id}"

    def pages(self, case: Case, values: dict[str, Any]) -> list[AnyPage]:
        pages: list[AnyPage] = [Page("basic", "基本信息", BasicForm), Rows("items", "标签", ItemForm, ("label",))]
        if values.get("basic", {}).get("count") == "100":
            pages.insert(1, Page("limit", "上限", LimitForm))
        return pages

    def check(self, case: Case, values: dict[str, Any], record: Any) -> dict[str, str]:
        return {"basic.title": "名称不能为“禁用”"} if record.title == "禁用" else {}

    def region(self, case: Case, record: Any) -> str:
        return record.region_id

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return case.individual.name, case.individual.id_no


@register
class SampleBatch(Matter):
    code, name, prefix, portal, group = "sample-batch", "样例批量上报", "YP", "unit", "样例"
    guide = GUIDE
    record = Batch
    auto_approve = True

    def pages(self, case: Case, values: dict[str, Any]) -> list[AnyPage]:
        return [Rows("lines", "编码", LineForm, ("code",), minimum=1)]

    def region(self, case: Case, record: Any) -> str:
        return case.unit.handling_region_id

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve":
            for line in record.lines.all():
                Thing.objects.create(case=case, code=line.code)
        elif transition == "revoke":
            Thing.objects.filter(case=case).update(active=False)
