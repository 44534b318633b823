"""Numbers that name people, units and accounts: normalised, checked, read, masked.

Check digits come from python-stdnum. ``stdnum.cn.ric.validate`` is never used: it refuses people
born before their county got its present code, and residence permits. Sex, birth date and age are
read from the number and never typed twice.
"""

import re
import time
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from stdnum import luhn
from stdnum.cn import ric, uscc

from common import codes

# GB/T 2260 provinces as they begin a resident's number (71: people from Taiwan who settled).
_PROVINCES = frozenset(
    str(code)
    for codes_of_area in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72))
    for code in range(*codes_of_area)
)
_PERMIT_PREFIXES = ("81", "82", "83")
_DISABILITY_CARD = "09"
_OLDEST_YEARS = 130

_SHAPES = {
    "02": (r"[\w〇-鿿（）()-]{4,30}", "军官证号应为4至30个字"),
    "03": (r"[\w〇-鿿（）()-]{4,30}", "警官证号应为4至30个字"),
    "04": (
        r"[HK]\d{8}(\d{2})?",
        "港澳居民来往内地通行证（香港）号码应为H加8位或10位数字",
    ),
    "05": (r"M\d{8}(\d{2})?", "港澳居民来往内地通行证（澳门）号码应为M加8位或10位数字"),
    "06": (
        r"\d{8}|\d{10}(\([A-Z0-9]{1,2}\))?",
        "台湾居民来往大陆通行证号码应为8位或10位数字",
    ),
    "08": (r"[A-Z0-9]{5,20}", "护照号码应为5至20位字母或数字"),
    "90": (r"[A-Z0-9]{6,30}", "社会保障卡号应为6至30位字母或数字"),
    "99": (r"[\w〇-鿿（）()-]{4,30}", "证件号码应为4至30个字"),
}

_UNIT_TYPE_BY_USCC = {
    "11": "30",
    "12": "21",
    "13": "40",
    "51": "40",
    "52": "50",
    "53": "40",
    "91": "10",
    "92": "60",
    "93": "10",
}


def normalise(text: str) -> str:
    """Full-width characters to half-width, all white space and invisible marks removed, upper case.

    For numbers and codes as people type or paste them, not for names.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf").upper()


def clean_id_no(id_type: str, value: str) -> str:
    """The normalised number of an identity document (证件号码); raises ValidationError in Chinese."""
    number = normalise(value)
    if not number:
        raise ValidationError("请填写证件号码", code="required")
    if id_type not in codes.ID_TYPE:
        raise ValidationError("请先选择证件类型", code="id_type")
    if id_type == codes.RESIDENT_ID:
        return _clean_resident_id(number)
    if id_type == codes.RESIDENCE_PERMIT:
        return _clean_residence_permit(number)
    if id_type == codes.FOREIGNER_CARD:
        return _clean_foreigner_card(number)
    if id_type == _DISABILITY_CARD:
        return _clean_disability_card(number)
    pattern, hint = _SHAPES[id_type]
    if not re.fullmatch(pattern, number):
        raise ValidationError(hint, code="format")
    return number


def _check_eighteen(number: str, title: str) -> None:
    if len(number) != 18:
        raise ValidationError(f"{title}应为18位，现在是{len(number)}位", code="length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise ValidationError(f"{title}应为17位数字加1位数字或X", code="format")
    if number[-1] != ric.calc_check_digit(number):
        raise ValidationError(f"{title}校验位不正确，请逐位核对", code="check_digit")
    born = _date_in(number)
    if born is None or not _may_be_born(born):
        raise ValidationError(f"{title}第7至14位不是有效的出生日期", code="birth_date")


def _may_be_born(day: date) -> bool:
    """Whether somebody alive can be born on a day, today included."""
    year = time.gmtime().tm_year
    if year - _OLDEST_YEARS < day.year < year - 1:
        # Asking what day it is here takes longer than all other checks of a number.
        return True
    today = timezone.localdate()
    return day <= today and day.year >= today.year - _OLDEST_YEARS


def _clean_resident_id(number: str) -> str:
    if number[:2] in _PERMIT_PREFIXES and len(number) == 18:
        raise ValidationError(
            "这是港澳台居民居住证号码，请将证件类型改为“港澳台居民居住证”",
            code="id_type",
        )
    if number[:1] == "9" and len(number) == 18:
        raise ValidationError(
            "这是外国人永久居留身份证号码，请将证件类型改为“外国人永久居留身份证”",
            code="id_type",
        )
    if len(number) == 15 and number.isdigit():
        raise ValidationError("15位的旧身份证号码已停用，请填写18位号码", code="length")
    _check_eighteen(number, "身份证号码")
    # Only the province is checked: abolished county codes live on in people's numbers (domain §5).
    if number[:2] not in _PROVINCES:
        raise ValidationError("身份证号码前两位不是有效的省级代码", code="province")
    return number


def _clean_residence_permit(number: str) -> str:
    if not number.startswith(_PERMIT_PREFIXES):
        raise ValidationError("港澳台居民居住证号码应以81、82或83开头", code="format")
    _check_eighteen(number, "居住证号码")
    return number


def _clean_foreigner_card(number: str) -> str:
    """Cards issued since December 2023 have 18 digits beginning with 9; older ones three letters and 12 digits."""
    if number.startswith("9"):
        _check_eighteen(number, "永久居留身份证号码")
    elif not re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        raise ValidationError(
            "永久居留身份证号码应为9开头的18位号码，或旧版的3个字母加12位数字",
            code="format",
        )
    return number


def _clean_disability_card(number: str) -> str:
    """A resident's number, then the kind and the grade of the disability, then B and a count if reissued."""
    if not re.fullmatch(r"[0-9]{17}[0-9X][1-7][1-4](B[1-9])?", number):
        raise ValidationError("残疾人证号应为18位身份证号码加2位类别等级代码", code="format")
    _check_eighteen(number[:18], "残疾人证号中的身份证号码")
    return number


def _date_in(number: str) -> date | None:
    # As ``ric.get_birth_date``, which cleans the number again: an import reads ten thousand of them.
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _speaks(id_type: str, id_no: str) -> bool:
    """Whether the number tells birth date and sex."""
    kinds = (
        codes.RESIDENT_ID,
        codes.RESIDENCE_PERMIT,
        codes.FOREIGNER_CARD,
        _DISABILITY_CARD,
    )
    return id_type in kinds and len(id_no) >= 18


def birth_date(id_type: str, id_no: str) -> date | None:
    """The birth date that a cleaned number tells; None for documents that do not tell it."""
    return _date_in(id_no) if _speaks(id_type, id_no) else None


def sex(id_type: str, id_no: str) -> str | None:
    """The sex code (``codes.SEX``) that a cleaned number tells; None for documents that do not tell it."""
    if not _speaks(id_type, id_no):
        return None
    return codes.MALE if int(id_no[16]) % 2 else codes.FEMALE


def age_on(birth: date, day: date) -> int:
    """Full years of age (周岁) on a day: a year is completed on the birthday.

    Who was born on 29 February completes it on 1 March of ordinary years.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def clean_uscc(value: str) -> str:
    """The normalised unified social credit code (GB 32100-2015); raises ValidationError in Chinese."""
    code = normalise(value).replace("-", "")
    if len(code) != 18:
        raise ValidationError(f"统一社会信用代码应为18位，现在是{len(code)}位", code="length")
    if set(code) & set("IOZSV"):
        raise ValidationError(
            "统一社会信用代码不使用字母I、O、Z、S、V，请核对是否应为数字1、0、2、5",
            code="format",
        )
    # The registering department and kind may be letters (N1 for rural collectives), which stdnum's validate refuses.
    if not re.fullmatch(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}", code):
        raise ValidationError("统一社会信用代码格式不正确：第3至8位应为数字", code="format")
    if code[-1] != uscc.calc_check_digit(code):
        raise ValidationError("统一社会信用代码校验位不正确，请逐位核对", code="check_digit")
    return code


def unit_type_from_uscc(code: str) -> str | None:
    """The likely unit type (``codes.UNIT_TYPE``) for a credit code, to fill in; None when it does not tell."""
    return _UNIT_TYPE_BY_USCC.get(code[:2])


def clean_mobile(value: str) -> str:
    """A mobile number of eleven digits, +86 and separators removed; raises ValidationError in Chinese."""
    number = re.sub(r"[-()]", "", normalise(value)).removeprefix("+86")
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise ValidationError("手机号码应为11位数字，以1开头", code="format")
    return number


def clean_telephone(value: str) -> str:
    """A mobile number, or a fixed line such as 0351-2345678; raises ValidationError in Chinese."""
    number = normalise(value)
    if re.fullmatch(
        r"(0[0-9]{2,3}-?)?[2-9][0-9]{6,7}(-[0-9]{1,6})?|[0-9]{5}|400-?[0-9]{3}-?[0-9]{4}",
        number,
    ):
        return number
    try:
        return clean_mobile(number)
    except ValidationError:
        raise ValidationError("电话应为11位手机号码，或带区号的固定电话，例如0351-2345678", code="format") from None


def clean_postcode(value: str) -> str:
    """A postcode of six digits; raises ValidationError in Chinese."""
    code = normalise(value)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValidationError("邮政编码应为6位数字", code="format")
    return code


def clean_bank_account(value: str, holder: str) -> str:
    """A bank account of a ``holder`` "unit" (6–32 digits or -) or "person" (12–19 digits).

    Unit accounts have no check digit. A person's card has one, but a passbook does not: callers
    warn with ``luhn_ok`` and do not refuse. Raises ValidationError in Chinese.
    """
    account = normalise(value)
    if holder == "person":
        if not re.fullmatch(r"[0-9]{12,19}", account):
            raise ValidationError("个人银行账号应为12至19位数字", code="format")
    elif not re.fullmatch(r"[0-9](?:[0-9-]{4,30})[0-9]", account):
        raise ValidationError("单位银行账号应为6至32位数字，可含“-”", code="format")
    return account


def luhn_ok(number: str) -> bool:
    """Whether a card number's check digit is right."""
    return bool(luhn.is_valid(number))


def clean_cnaps(value: str) -> str:
    """A bank branch number (联行号) of twelve digits; raises ValidationError in Chinese."""
    number = normalise(value)
    if not re.fullmatch(r"[0-9]{12}", number):
        raise ValidationError("联行号应为12位数字", code="format")
    return number


def _masked(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        head, tail = min(1, len(text) - 1), 0
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :] if text else ""


def mask_id(number: str) -> str:
    """140105********0011: six and four characters stay; one and two of shorter numbers."""
    return _masked(number, 6, 4) if len(number) >= 15 else _masked(number, 1, 2)


def mask_mobile(number: str) -> str:
    """138****1234."""
    return _masked(number, 3, 4)


def mask_account(number: str) -> str:
    """Only the last four digits of a bank account stay."""
    return _masked(number, 0, 4)


def mask_name(name: str) -> str:
    """张*, 欧**: the first character stays (public notices)."""
    return _masked(name, 1, 0)
