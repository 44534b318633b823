"""What the services of reporting share: their legal basis, and that internship units only may start them."""

from typing import Any

from accounts.models import Individual, Unit, User
from internship import rules as internship_rules
from reporting import queries
from review.matters import (
    Matter,
    StartRefused,
)
from review.models import Case

LEGAL_BASIS = (
    "《关于进一步加强就业见习工作的通知》（国家就业见习政策框架）",
    "《就业见习管理办法》（晋人社厅发〔2023〕24号）",
    "《吉林省就业见习管理暂行办法》（吉人社联字〔2023〕12号）",
)


class OfInternshipUnit(Matter):
    """What all services of internship units share: who may start, and which office handles them."""

    portal = "unit"
    group = "就业见习管理"

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused(f"{self.name}由单位经办人在单位网厅办理")
        internship_rules.check_qualified(subject)

    def region(self, case: Case, record: Any) -> str:
        return queries.handling_region(case.unit)
