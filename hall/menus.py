"""Menus with the manuals' names and order (SXG 3.2–3.4, SXU 3.2–3.7, JL 4–10, JX 8).

Services come from the matters registry (portal, group); pages that are no matter are declared here.
Only addresses that exist are listed, so that no entry leads nowhere.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from accounts import menu_groups
from accounts.models import Individual, Unit
from review import matters, queries
from review.models import Status

# Headings of the side menus, in order; groups that only the registry knows follow.
GROUPS = {
    "individual": ("就业创业", "社会保险"),
    "unit": ("就业创业", "就业见习管理", "社会保险", "单位中心"),
    "public": ("创业指导", "社会保险", "办事服务"),
}

# Titles in the order of the manuals; what is not named here follows in the order of declaration.
ORDER = (
    "就业见习人员申请",
    "见习岗位录入及维护",
    "我的收藏",
    "我的见习",
    "就业基本信息完善",
    "就业见习单位申请",
    "就业见习岗位申请",
    "就业见习岗位查询",
    "就业见习岗位管理",
    "就业见习人员管理",
    "就业见习人员申报",
    "减员申请",
    "见习匹配结果批量上报",
    "见习考勤批量上报",
    "见习人员每月在岗情况上报",
    "见习信息更正",
    "就业见习月报管理",
    "就业见习月报",
    "就业见习月报更正",
    "就业见习生活费补贴管理",
    "就业见习生活费补贴申领",
    "就业见习带教补贴管理",
    "就业见习带教补贴申领",
    "就业见习单位资格",
    "在职人员增加",
    "在职人员减少",
    "养老金申领",
    "弹性退休告知",
)


@dataclass(frozen=True)
class Link:
    """A page that is no matter: where it stands, what it is called, and by which names its address may go."""

    portal: str
    group: str
    title: str
    url_name: str
    icon: str
    text: str = ""


LINKS = (
    Link(
        "individual",
        "就业创业",
        "见习岗位录入及维护",
        "positions:trainee_search",
        "briefcase-business",
        "浏览岗位，最多收藏三个",
    ),
    Link("individual", "就业创业", "我的收藏", "positions:favourites", "star", "已收藏的岗位和单位答复"),
    Link(
        "individual",
        "就业创业",
        "就业基本信息完善",
        "accounts:individual_profile",
        "user-round-pen",
        "学历、专业和联系方式",
    ),
    Link("individual", "社会保险", "我的退休测算", "pension:own", "calculator", "法定退休时间和养老金测算"),
    Link("individual", "社会保险", "我的缴费记录", "insurance:own_history", "chart-column", "按年查看缴费和中断月份"),
    Link("individual", "社会保险", "我的参保证明", "certificates:own", "file-badge", "打印本人的参保证明，可在线核验"),
    Link(
        "unit", "就业见习管理", "就业见习岗位管理", "positions:unit_list", "clipboard-list", "查看、变更、提前关闭岗位"
    ),
    Link("unit", "就业见习管理", "就业见习岗位查询", "positions:interested", "users-round", "已通过的岗位和意向人员"),
    Link("unit", "就业见习管理", "就业见习人员管理", "reporting:placements", "users", "见习人员、协议期限和减员"),
    Link(
        "unit", "就业见习管理", "就业见习月报管理", "reporting:monthly_reports", "calendar-days", "按月份查看和更正月报"
    ),
    Link(
        "unit",
        "就业见习管理",
        "就业见习生活费补贴管理",
        "reporting:living_subsidies",
        "banknote",
        "申领记录、核定金额和计算依据",
    ),
    Link("unit", "就业见习管理", "就业见习带教补贴管理", "reporting:mentoring_subsidies", "hand-coins", "按年度申领"),
    Link("unit", "就业见习管理", "就业见习单位资格", "internship:unit_status", "badge-check", "资格状态和年度确认"),
    Link("unit", "社会保险", "单位基本信息查询", "insurance:unit_info", "building-2", "参保险种、人数和缴费情况"),
    Link(
        "unit",
        "社会保险",
        "在职花名册查询",
        "insurance:service_roster",
        "users",
        "按姓名、个人代码和缴费年月查询、导出",
    ),
    Link("unit", "社会保险", "退休花名册查询", "insurance:retired_roster", "users-round", "离退休人员和待遇，可导出"),
    Link("unit", "社会保险", "单位参保证明打印", "certificates:unit", "file-badge", "带电子签名和二维码的PDF证明"),
    Link("unit", "社会保险", "个人参保证明打印", "certificates:people", "file-user", "在职人员逐人或批量打印"),
    Link("unit", "单位中心", "维护", "accounts:unit_profile", "wrench", "单位基本信息和银行账户"),
    Link("unit", "单位中心", "经办人管理", "accounts:handlers", "users-round", "添加、结束经办人，授权可办业务"),
    Link("public", "创业指导", "见习岗位查询", "positions:search", "search", "不用登录，按地区和条件查找"),
    Link("public", "社会保险", "退休年龄计算器", "pension:retirement", "calculator", "法定退休时间和弹性退休区间"),
    Link("public", "社会保险", "养老金测算", "pension:estimate", "piggy-bank", "逐步列出新老办法的计算过程"),
    Link("public", "办事服务", "办事指南", "hall:guides", "book-open-text", "条件、材料、时限和流程"),
    Link("public", "办事服务", "证明验证", "documents:verify", "badge-check", "核验电子证明的真伪和有效期"),
    Link("public", "办事服务", "通知公告", "hall:notices", "megaphone", "政策和公示信息"),
    Link("public", "办事服务", "补贴公示", "reporting:publicities", "banknote", "就业见习补贴公示和异议"),
    Link("public", "办事服务", "帮助中心", "hall:help", "circle-question-mark", "常见问题和服务电话"),
)

# Matters that stand in a second group as well: 法人办事 › 就业创业 is where the Shanxi manual leads to them (SXU 3.5, 3.6).
ALSO_IN = {("unit", "就业创业"): ("unit-qualification", "position-application")}

MATTER_ICONS = {
    "trainee-application": "graduation-cap",
    "unit-qualification": "building-2",
    "position-application": "file-plus",
    "placement-registration": "user-round-plus",
    "placement-end": "user-round-minus",
    "placement-import": "table",
    "attendance-import": "calendar-check",
    "on-post-import": "clipboard-check",
    "monthly-report": "calendar-days",
    "living-subsidy": "file-plus",
    "mentoring-subsidy": "file-plus",
    "employee-enrolment": "user-round-plus",
    "employee-withdrawal": "user-round-minus",
    "pension-claim": "hand-coins",
    "flexible-retirement": "calendar-clock",
}


@dataclass(frozen=True)
class Entry:
    """A service as menus, cards and service lists show it."""

    title: str
    url: str
    icon: str
    text: str = ""
    matter: str = ""
    group: str = ""


def assign_groups() -> None:
    """Tell accounts which pages belong to which group of the unit menu, so that a closed group is closed there too."""
    for link in LINKS:
        if link.portal == "unit":
            menu_groups.assign(link.url_name, link.group)
    for matter in matters.all_matters():
        if matter.portal == "unit" and matter.entry:
            menu_groups.assign(matter.entry, matter.group)


def address(name: str, *args: str) -> str:
    """The address of a named page, or "" where no app provides it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def start_address(matter: matters.Matter) -> str:
    """Where a case of the matter begins."""
    return address(matter.entry) if matter.entry else address("review:start", matter.portal, matter.code)


def _matter_entries(portal: str, group: str) -> Iterator[Entry]:
    for matter in matters.all_matters():
        if (matter.portal, matter.group) == (portal, group) or matter.code in ALSO_IN.get((portal, group), ()):
            url = start_address(matter)
            icon = MATTER_ICONS.get(matter.code, "file-text")
            yield Entry(matter.name, url, icon, matter.guide.time_limit, matter.code, matter.group)


def _link_entries(portal: str, group: str) -> Iterator[Entry]:
    for link in LINKS:
        if (link.portal, link.group) == (portal, group):
            yield Entry(link.title, address(link.url_name), link.icon, link.text, group=link.group)


def _rank(entry: Entry) -> int:
    return ORDER.index(entry.title) if entry.title in ORDER else len(ORDER)


def _groups(portal: str) -> list[str]:
    declared = list(GROUPS[portal])
    return declared + [m.group for m in matters.all_matters() if m.portal == portal and m.group not in declared]


def services(portal: str, closed: Collection[str] = ()) -> list[tuple[str, list[Entry]]]:
    """Groups of a portal with what they offer, empty ones left out, and what is ``closed`` to who is acting."""
    found = []
    for group in dict.fromkeys(_groups(portal)):
        offered = (*_matter_entries(portal, group), *_link_entries(portal, group))
        entries = [e for e in offered if e.url and e.group not in closed]
        if entries:
            found.append((group, sorted(entries, key=_rank)))
    return found


def top_menu(path: str, centre: str) -> list[dict]:
    """首页 · 个人办事 · 法人办事 · 公共就业 · 个人中心; ``centre`` is the address of 个人中心."""
    entries = [
        ("首页", address("home"), path == "/"),
        ("个人办事", address("hall:individual_services"), _within(path, "/individual/services/", "/individual/apply/")),
        ("法人办事", address("hall:unit_services"), _within(path, "/unit/services/", "/unit/apply/")),
        (
            "公共就业",
            address("hall:public_services"),
            _within(path, "/public/", "/positions/", "/guides/", "/notices/", "/verify/"),
        ),
        ("个人中心", centre, False),
    ]
    menu = [{"title": title, "url": url, "active": active} for title, url, active in entries if url]
    if not any(entry["active"] for entry in menu):
        menu[-1]["active"] = _within(path, "/individual/", "/unit/", "/accounts/")
    return menu


def _within(path: str, *prefixes: str) -> bool:
    return path.startswith(prefixes)


def side_menu(portal: str, path: str, query: str, subject: Individual | Unit | None, unread: int) -> list[dict]:
    """The side menu of a portal; who is signed in there also gets 个人中心 with the counts (SXG, SXU)."""
    found = services(portal, getattr(subject, "closed_groups", ()))
    here = _nearest(path, [entry.url for _, entries in found for entry in entries])
    own = {e.url: group for group, entries in found for e in entries}
    menu = [
        {"title": group, "items": [_item(e.title, e.url, e.url == here and own[e.url] == group) for e in entries]}
        for group, entries in found
    ]
    if subject is not None and (cases := address("review:cases", portal)):
        menu.append({"title": "个人中心", "items": _centre(cases, path, query, subject, unread)})
    return menu


def _nearest(path: str, urls: list[str]) -> str:
    """The address under which a page lies, the deepest one; "" for none."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")


def _item(title: str, url: str, active: bool, badge: int = 0) -> dict:
    return {"title": title, "url": url, "active": active, "badge": badge}


def _centre(cases: str, path: str, query: str, subject: Individual | Unit, unread: int) -> list[dict]:
    counts = queries.status_counts(subject)
    running = sum(counts.get(status, 0) for status in (Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED))
    bars = [("办理中", {"bar": "running"}, running), ("办结", {"bar": "finished"}, 0)]
    listed = [(str(status.label), {"status": str(status)}, counts.get(status, 0)) for status in queries.LISTED]
    items = [
        {
            "title": title,
            "url": f"{cases}?{urlencode(parameters)}",
            "active": path == cases and query == urlencode(parameters),
            "badge": count,
            "quiet": parameters != {"status": str(Status.RETURNED)},
        }
        for title, parameters, count in [*listed, *bars]
    ]
    if messages := address("accounts:messages"):
        items.append(_item("消息", messages, path.startswith(messages), unread))
    if isinstance(subject, Individual) and (data := address("hall:my_data")):
        items.append(_item("我的数据", data, path.startswith(data)))
    return items
