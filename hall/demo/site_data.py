"""What the demonstration publishes: site facts, telephones, notices. All of it says that it is invented."""

import datetime

from accounts.models import User
from common import audit, regions
from hall.demo import clock
from hall.demo.offices import Province
from hall.models import Notice, SiteFacts, SupportContact

HOURS = "工作日 9:00–12:00，14:00–17:00"

# Title, body, days ago; {place} is the region's name.
NOTICES = (
    (
        "{place}就业见习岗位集中发布活动通知（演示）",
        "为帮助离校未就业高校毕业生和失业青年提升就业能力，我们组织一批就业见习单位集中发布岗位。\n\n"
        "查询方式：公共就业 › 见习岗位查询，可按地区、岗位类别、学历要求和生活费标准筛选。\n\n"
        "申请方式：登录个人网厅，办理就业见习人员申请，审核通过后收藏意向岗位，由单位与您联系。\n\n"
        "本通知为演示内容，均为虚构。",
        3,
    ),
    (
        "{place}关于开展就业见习单位年度信息确认的通知（演示）",
        "各就业见习单位请登录单位网厅，核对单位基本信息、专职人员和银行账户，并完成年度确认。\n\n"
        "未按期确认的单位将暂停新增岗位，正在进行的见习不受影响。\n\n本通知为演示内容，均为虚构。",
        12,
    ),
    (
        "{place}就业见习政策解读：谁可以申请、补贴怎么发（演示）",
        "一、见习对象：离校2年内未就业高校毕业生，中职、技工院校毕业生，16至24岁登记失业青年。\n\n"
        "二、见习期限：3至12个月。\n\n三、生活费：由见习单位按月发放，不低于当地最低工资标准。\n\n"
        "具体标准以各地公布为准。本解读为演示内容，均为虚构。",
        26,
    ),
    (
        "{place}网上办事大厅系统维护公告（演示）",
        "系统将于本周六22:00至次日6:00进行维护，期间暂停网上申报，已暂存的内容不受影响。\n\n本公告为演示内容，均为虚构。",
        40,
    ),
)


def publish_site(province: Province) -> None:
    """Facts of the site, telephones of the province and its cities, and notices of the office."""
    by = province.staff["hall"]
    with audit.actor(by, command="load_demo"):
        _facts(province)
        _contacts(province)
        _notices(province, by)


def _facts(province: Province) -> None:
    SiteFacts.objects.create(
        region_id=province.code,
        host=f"{province.name}省人力资源和社会保障厅（演示）",
        code="0000000000（演示）",
        icp="ICP备00000000号（演示）",
        police="公网安备00000000000000号（演示）",
        demonstration=True,
    )


def _contacts(province: Province) -> None:
    contacts = [SupportContact(region_id=province.code, title="人社服务热线", phone="12333", hours=HOURS)]
    for code in (*province.cities, *province.counties):
        title = f"{regions.get(code).name}就业见习咨询（演示）"
        contacts.append(
            SupportContact(region_id=code, title=title, phone=f"0000-{code}0", hours=HOURS, address="演示路1号政务大厅")
        )
    SupportContact.objects.bulk_create(contacts)


def _notices(province: Province, by: User) -> None:
    for place, (title, body, days) in enumerate(NOTICES):
        code = (province.code, *province.cities)[place % 3]
        name = regions.get(code).name
        published = clock.days_ago(days, hour=9) - datetime.timedelta(minutes=place)
        Notice.objects.create(
            title=title.format(place=name), body=body, region_id=code, published_at=published, created_by=by
        )
