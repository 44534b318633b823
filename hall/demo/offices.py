"""The three provinces of the demonstration: their regions, and the staff who decide there."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import StaffProfile, StaffScope, User
from accounts.roles import ROLE_GROUPS
from common import audit, regions
from hall.demo.vocabulary import FICTITIOUS, PASSWORD


@dataclass
class Province:
    """A province with the handling regions that the demonstration uses (counties, and cities themselves)."""

    code: str
    key: str
    name: str
    cities: tuple[str, ...]
    counties: tuple[str, ...]
    staff: dict[str, User] = field(default_factory=dict)

    @property
    def handling_regions(self) -> tuple[str, ...]:
        """Where cases are handed in, in a fixed order: counties, and the first city itself (市本级)."""
        return (*self.counties, self.cities[0])


def provinces() -> list[Province]:
    """Shanxi, Jilin and Jiangxi: the provinces whose manuals the hall unites."""
    return [
        Province("140000", "sx", "山西", ("140100", "140800"), ("140105", "140106", "140802", "140828")),
        Province("220000", "jl", "吉林", ("220100", "220300"), ("220102", "220104", "220302", "220303")),
        Province("360000", "jx", "江西", ("360100", "360400"), ("360102", "360103", "360402", "360403")),
    ]


def county_in(handling_region: str) -> str:
    """The county itself, or the first one of a city that handles its own cases."""
    if regions.level_of(handling_region) == regions.COUNTY:
        return handling_region
    return regions.children(handling_region)[0].code


def appoint_staff(province: Province) -> None:
    """Staff of every role: 初审 for counties (and cities themselves), 复审 for cities, the others for the province."""
    first = (*province.counties, *province.cities)
    for role, scopes in (
        ("first", first),
        ("second", province.cities),
        ("finance", province.cities),
        ("hall", (province.code,)),
        ("business", (province.code, *province.cities)),
        ("audit", (province.code,)),
        ("system", (province.code,)),
        ("security", (province.code,)),
    ):
        province.staff[role] = _appoint(province, role, scopes)


def _appoint(province: Province, role: str, scopes: tuple[str, ...]) -> User:
    title = ROLE_GROUPS[role]
    with audit.actor(None, command="load_demo"):
        user = User.objects.create(
            username=f"{province.key}-{role}",
            name=f"{province.name}{title}{FICTITIOUS}",
            password=make_password(PASSWORD),
            is_staff=True,
        )
        StaffProfile.objects.create(user=user, employee_no=f"DEMO-{province.key}-{role}".upper(), office="演示科室")
        StaffScope.objects.bulk_create(StaffScope(user=user, region_id=code) for code in scopes)
        user.groups.add(Group.objects.get(name=title))
    return user
