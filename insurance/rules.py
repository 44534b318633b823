"""Who may use the social-insurance hall, and what numbers of its own it gives."""

from review.models import Case


def provisional_number(case: Case) -> str:
    """The 个人代码 of a person registered here (新登记) until the core system's acknowledgement names the final one."""
    return f"H{case.pk:011d}"
