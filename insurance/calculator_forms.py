"""What the public calculators ask: nothing that names a person, everything in the address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common import codes, regions
from insurance import figures
from insurance.month_field import MonthField
from insurance.pension import Claimant, NewMethodParameters, Parameter, PensionError, StatedIndex
from insurance.retirement import Group

OWN_FIGURE = "本人填写"
MOST_MONTHS = 70 * 12
MOST_MONEY = Decimal("99999999.99")


def _months(label: str, **options: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"data-width": "short", "data-suffix": "个月", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_MONTHS, widget=widget, **options)


def _amount(label: str, suffix: str = "元", places: int = 2, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"data-width": "medium", "data-suffix": suffix, "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_value=MOST_MONEY, decimal_places=places, widget=widget, **options
    )


class RetirementForm(forms.Form):
    """退休年龄计算器."""

    group = forms.ChoiceField(
        label="人员类别",
        choices=[(group.value, group.label) for group in Group],
        widget=forms.RadioSelect,
        help_text="女职工原法定退休年龄按岗位确定：干部、管理和专业技术岗位一般为55周岁，工人岗位为50周岁",
    )
    birth = MonthField(label="出生年月", help_text="以档案认定的出生年月为准")
    official = forms.BooleanField(
        label="公务员、领导人员或管理人员",
        required=False,
        help_text="按规定应当按时退休，除当地另有规定外不弹性延迟",
    )
    contributed = _months(
        "已累计缴费月数", required=False, help_text="选填，含视同缴费；填写后列出可以弹性提前退休的月份"
    )


@dataclass(frozen=True)
class Part:
    """Fields that belong together; ``folded`` ones open on demand."""

    title: str
    fields: list[BoundField]
    folded: bool = False


class EstimateForm(forms.Form):
    """养老金测算 with typed-in values; figures of the province come from the hall where it has them."""

    region = forms.ChoiceField(label="参保地", required=False)
    rank = forms.ChoiceField(
        label="2014年9月职务或岗位等级", required=False, help_text="2014年10月前参加工作的填写，用于确定视同缴费指数"
    )
    birth = MonthField(label="出生年月")
    joined = MonthField(label="参加工作年月")
    retirement = MonthField(label="退休年月", help_text="不清楚的，可先用退休年龄计算器查询")
    paid_months = _months("实际缴费月数", help_text="2014年10月起实际缴费的月数")
    index = _amount(
        "实际平均缴费指数",
        "",
        4,
        help_text="历年缴费基数与上年度社会平均工资之比的平均值，一般在0.6至3之间，可向参保地经办机构查询",
    )
    deemed_months = _months("视同缴费月数", help_text="2014年10月前认定的工作月数，没有的填0")
    account_balance = _amount("个人账户储存额", help_text="基本养老保险个人账户，退休时的估计数")
    annuity_balance = _amount("职业年金储存额", help_text="职业年金个人账户，退休时的估计数，没有的填0")
    own_wage = _amount("上年度月平均工资（C）", "元/月", required=False)
    own_index = _amount("视同缴费指数", "", 4, required=False)
    own_coefficient = _amount("过渡系数", "%", required=False, help_text="以百分数填写，例如1.3")
    work_months = _months("工作年限", required=False, help_text="折合月数，2024年9月底前退休的填写")
    wage_2014 = _amount("2014年9月基本工资", "元/月", required=False, help_text="2024年9月底前退休的填写")

    parts_declared = (
        ("个人情况", ("region", "rank", "birth", "joined", "retirement"), False),
        ("缴费情况", ("paid_months", "index", "deemed_months", "account_balance", "annuity_balance"), False),
        ("当地参数（选填）", ("own_wage", "own_index", "own_coefficient"), True),
        ("新老办法对比（选填）", ("work_months", "wage_2014"), True),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        provinces = [(place.code, place.name) for place in regions.children()]
        self.fields["region"].choices = [("", "请选择"), *provinces]
        groups = [(ranks.name, ranks.choices) for ranks in codes.RANKS.values()]
        self.fields["rank"].choices = [("", "请选择"), *groups]

    def parts(self) -> Iterator[Part]:
        """The form in parts; a folded one is open where something is typed or wrong in it."""
        for title, names, folded in self.parts_declared:
            fields = [self[name] for name in names]
            used = any(field.value() or field.errors for field in fields)
            yield Part(title, fields, folded and not used)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                self.claimant = self._claimant(data)
            except PensionError as error:
                self.add_error(None, str(error))
        return data

    def _claimant(self, data: dict[str, Any]) -> Claimant:
        if data["paid_months"] + data["deemed_months"] == 0:
            raise PensionError("实际缴费月数和视同缴费月数不能都为0")
        if data["joined"] + data["paid_months"] + data["deemed_months"] > data["retirement"] + 1:
            raise PensionError("缴费月数之和超过参加工作至退休的月数，请核对")
        return Claimant(
            birth=data["birth"],
            joined=data["joined"],
            retirement=data["retirement"],
            contributions=(),
            deemed_months=data["deemed_months"],
            account_balance=data["account_balance"],
            annuity_balance=data["annuity_balance"],
            basic_wage_2014=data["wage_2014"],
            work_months=data["work_months"] or 0,
            stated=StatedIndex(data["index"], data["paid_months"]),
        )

    def parameters(self) -> NewMethodParameters:
        """The province's figures; what is typed here takes the place of what is not configured, and is named so."""
        data, retirement = self.cleaned_data, self.cleaned_data["retirement"]
        found = figures.new_parameters(data["region"], retirement, data["rank"])
        wages = dict(found.average_wages)
        if data["own_wage"]:
            wages[retirement.year - 1] = _own(data["own_wage"])
        coefficient = data["own_coefficient"]
        return NewMethodParameters(
            average_wages=wages,
            deemed_index=_own(data["own_index"]) if data["own_index"] else found.deemed_index,
            transition_coefficient=_own(coefficient / 100) if coefficient else found.transition_coefficient,
            accrual_rate=found.accrual_rate,
            payout=found.payout,
        )


def _own(value: Decimal) -> Parameter:
    return Parameter(value, OWN_FIGURE, date(2014, 10, 1))
