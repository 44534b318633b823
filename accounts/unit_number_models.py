"""单位编号: the number under which an institution insures its people."""

from django.core.validators import RegexValidator
from django.db import models

from common.audit import track


@track()
class UnitNumber(models.Model):
    """A 单位编号 of an insured unit; one institution may hold several (matters A6)."""

    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="numbers", verbose_name="单位")
    number = models.CharField(
        "单位编号",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^\d{12}$", "单位编号以12位数字保存，10位的在末尾加00")],
        error_messages={"unique": "该单位编号已登记"},
    )

    class Meta:
        verbose_name = verbose_name_plural = "单位编号"

    def __str__(self) -> str:
        return self.number
