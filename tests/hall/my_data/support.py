"""What the tests of 我的数据 share."""

from tests.internship.support import set_policy

PERIODS = {
    "retention.sign_in_months": "6",
    "retention.message_months": "24",
    "retention.delivery_days": "30",
    "retention.archive_years": "30",
}


def set_periods() -> None:
    """The periods as they ship."""
    for key, value in PERIODS.items():
        set_policy(key, value)
