"""Numbers of invented people and units: valid by their check digits, the same on every load."""

import datetime

from stdnum.cn import ric, uscc

from hall.demo.vocabulary import GIVEN_NAMES, SURNAMES


def id_no(region: str, birth: datetime.date, sequence: int) -> str:
    """A resident ID number of a region, birth date and sequence (odd: male)."""
    body = f"{region}{birth:%Y%m%d}{sequence % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(kind: str, region: str, sequence: int) -> str:
    """A unified social credit code; ``kind`` are its first two characters (91 enterprise, 12 institution …)."""
    body = f"{kind}{region}DEM{sequence:05d}X"
    return body + uscc.calc_check_digit(body)


def mobile(sequence: int) -> str:
    """A mobile number of the range 138 0000 …."""
    return f"1380000{sequence:04d}"


def person_name(sequence: int) -> str:
    """An invented name such as 张演示; another one for each of the first 120."""
    return SURNAMES[sequence % len(SURNAMES)] + GIVEN_NAMES[sequence // len(SURNAMES) % len(GIVEN_NAMES)]


def born(years: int, today: datetime.date, sequence: int) -> datetime.date:
    """A birth date that makes somebody ``years`` old today."""
    return datetime.date(today.year - years, 1 + sequence % max(today.month - 1, 1), 1 + sequence % 28)
