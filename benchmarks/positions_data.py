"""Fictitious positions for the search benchmark, the same for the same seed, loaded by COPY."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.cache import caches
from django.db import connection

from accounts.models import Unit
from common import codes, regions, search
from common.models import Region
from positions import facets
from positions.models import Position

SEED = 20261121
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PROVINCES = ("14", "22", "36")
POSITIONS_PER_UNIT = 50
# A phrase in half of all rows, one in twenty rows of a million, and one in none.
HALF_WORD, RARE_WORD, ABSENT_WORD = "协助", "碑帖", "鲸鱼"

_SUBJECTS = [
    "软件测试",
    "软件开发",
    "行政",
    "财务",
    "会计",
    "人事",
    "市场",
    "销售",
    "仓储",
    "物流",
    "采购",
    "质量",
    "安全",
    "电气",
    "机械",
    "化工",
    "制药",
    "护理",
    "检验",
    "影像",
    "教学",
    "教研",
    "课程",
    "幼儿",
    "社区",
    "档案",
    "文秘",
    "法务",
    "审计",
    "统计",
    "数据",
    "网络",
    "运维",
    "硬件",
    "嵌入式",
    "通信",
    "建筑",
    "造价",
    "测绘",
    "规划",
    "园林",
    "环保",
    "水利",
    "农技",
    "畜牧",
    "食品",
    "餐饮",
    "客房",
    "旅游",
    "会展",
    "新媒体",
    "编辑",
    "摄影",
    "设计",
    "动画",
    "翻译",
    "外贸",
    "客服",
    "电商",
    "金融",
]
_ROLES = [
    "助理",
    "专员",
    "实习生",
    "技术员",
    "管理员",
    "操作员",
    "辅助岗",
    "储备干部",
    "学徒",
    "文员",
    "协管员",
    "工程师助理",
    "研究助理",
    "项目助理",
    "讲解员",
    "资料员",
    "跟单员",
    "调度员",
    "质检员",
    "培训生",
    "顾问助理",
    "策划",
    "督导",
    "代表",
    "干事",
]
_VERBS = [
    "整理",
    "核对",
    "录入",
    "维护",
    "检查",
    "记录",
    "跟进",
    "编写",
    "汇总",
    "分析",
    "统计",
    "归档",
    "测试",
    "巡检",
    "接待",
    "沟通",
    "采集",
    "设计",
    "制作",
    "学习",
]
_OBJECTS = [
    "业务台账",
    "客户资料",
    "合同文本",
    "项目进度",
    "设备运行数据",
    "实验记录",
    "质量报告",
    "财务凭证",
    "会议纪要",
    "宣传材料",
    "网站内容",
    "数据库备份",
    "系统日志",
    "产品图纸",
    "工艺文件",
    "采购清单",
    "库存明细",
    "物流单据",
    "安全隐患",
    "教学计划",
    "课程资料",
    "患者信息",
    "检验样本",
    "社区档案",
    "走访记录",
    "活动方案",
    "短视频素材",
    "公众号文章",
    "用户反馈",
    "市场调研",
    "竞品信息",
    "报价方案",
    "施工日志",
    "测量成果",
    "工程量清单",
    "环境监测",
    "水质样品",
    "农业技术资料",
    "食品留样",
    "客房用品",
    "展会物料",
    "外语资料",
    "代码缺陷",
    "接口文档",
    "网络设备",
    "机房环境",
    "招聘简历",
    "考勤数据",
    "培训签到",
    "法律文书",
    "审计底稿",
    "统计报表",
    "信贷档案",
    "理财产品",
    "保险条款",
    "投诉工单",
    "直播脚本",
    "商品详情",
    "订单信息",
    "退换货",
]
_WAYS = [
    "并按周上报",
    "确保准确完整",
    "在带教老师指导下完成",
    "配合部门要求",
    "按规范操作",
    "及时更新",
    "参加例会",
    "形成书面总结",
]
_DEMANDS = [
    "责任心强",
    "沟通能力良好",
    "能熟练使用办公软件",
    "服从工作安排",
    "身体健康",
    "能适应轮班",
    "有相关证书者优先",
    "普通话标准",
    "有团队精神",
    "能长期在岗",
    "具备基本外语能力",
    "遵守保密规定",
]
_SUFFIXES = [
    "科技有限公司",
    "信息技术有限公司",
    "制造有限公司",
    "医院",
    "中学",
    "小学",
    "幼儿园",
    "社区服务中心",
    "设计院",
    "农业合作社",
    "酒店",
    "物流公司",
]
_BRANDS = [
    "汾阳",
    "晨光",
    "远景",
    "嘉禾",
    "恒信",
    "明德",
    "北辰",
    "长河",
    "新城",
    "华晟",
    "启明",
    "安泰",
    "同创",
    "瑞丰",
    "天成",
    "博远",
    "永固",
    "清源",
    "云岭",
    "金桥",
]

_TIMES = datetime(2024, 1, 1, tzinfo=UTC)


@cache
def _bigrams(text: str) -> tuple[str, ...]:
    return tuple(search.text_tokens(text))


def _weighted(values: list[str], generator: random.Random) -> str:
    """Earlier values come up more often, as words do."""
    return values[int(len(values) * generator.random() ** 2)]


def load_regions() -> None:
    """All regions of the shipped table, unless they are there."""
    from django.core.management import call_command

    if not Region.objects.exists():
        call_command("load_regions")
    regions.forget()


def _units(count: int, generator: random.Random) -> Iterator[tuple[Any, ...]]:
    counties = [
        code
        for code in Region.objects.filter(level="county").order_by("code").values_list("code", flat=True)
        if code[:2] in PROVINCES
    ]
    industries, types = codes.INDUSTRY.codes, codes.UNIT_TYPE.codes
    for pk in range(1, count + 1):
        county = counties[int(len(counties) * generator.random() ** 1.3)]
        place = county if generator.random() < 0.9 else regions.city_of(county)
        name = (
            f"{regions.get(place).name}{_weighted(_BRANDS, generator)}{pk % 97}号{generator.choice(_SUFFIXES)}（虚构）"
        )
        yield pk, name, place, _weighted(list(types), generator), _weighted(list(industries), generator)


def _rows(count: int, units: list[tuple[Any, ...]], generator: random.Random) -> Iterator[dict[str, Any]]:
    names = [f"{subject}{role}" for role in _ROLES for subject in _SUBJECTS]
    phrases = [f"{verb}{thing}" for thing in _OBJECTS for verb in _VERBS]
    span = (NOW - _TIMES).total_seconds()
    for at in range(count):
        unit, unit_name, place, unit_type, industry = units[at % len(units)]
        turn = at // len(units)
        name = names[(turn * 1009 + unit * 31) % len(names)]
        parts = [_weighted(phrases, generator) + _weighted(_WAYS, generator) for _ in range(4)]
        if at % 2:
            parts.append(f"{HALF_WORD}处理日常事务")
        if at % 50_000 == 17:
            parts.append(f"{RARE_WORD}整理")
        months = generator.choice((3, 3, 4, 6, 6, 6, 9, 12, 12))
        allowance = Decimal(1600 + 10 * int(340 * generator.random() ** 2))
        published = _TIMES + timedelta(seconds=span * (at + generator.random()) / count)
        yield {
            "id": at + 1,
            "number": f"GW{at + 1:010d}",
            "case_id": None,
            "unit_id": unit,
            "unit_name": unit_name,
            "unit_type": unit_type,
            "industry": industry,
            "region_id": place,
            "work_region_id": place,
            "work_city": regions.city_of(place),
            "region_city": regions.city_of(place),
            "name": name,
            "name_key": f"{name}{turn}",
            "category": _weighted(list(codes.POSITION_CATEGORY.codes), generator),
            "occupation": "",
            "places": generator.randint(1, 12),
            "places_taken": 0,
            "education": _weighted(["31", "21", "41", "61", "47", "44", "14", "71", "11", "90"], generator),
            "major": "不限",
            "age_from": None,
            "age_to": None,
            "age_reason": "",
            "work_address": f"演示路{at % 900 + 1}号",
            "months": months,
            "allowance": allowance,
            "benefits": "提供午餐",
            "content": "；".join(parts) + "。",
            "requirements": "；".join(generator.sample(_DEMANDS, 3)) + "。",
            "mentor": "王演示",
            "valid_from": published.date(),
            "valid_to": (NOW + timedelta(days=30 + at % 300)).date(),
            "contact_name": "李演示",
            "contact_phone": "0351-7000000",
            "state": "open",
            "published_at": published,
            "revised_at": None,
            "closed_at": None,
            "closed_by_id": None,
            "close_reason": "",
            "search_text": "",
            "tokens": [],
        }


def _index(row: dict[str, Any]) -> None:
    """The search columns, as ``positions.indexing`` fills them, from phrases that were cut up before."""
    found: dict[str, None] = dict.fromkeys(_bigrams(row["name"]))
    found.update(dict.fromkeys(_bigrams(row["unit_name"])))
    for phrase in row["content"].rstrip("。").split("；"):
        found.update(dict.fromkeys(_bigrams(phrase)))
    pairs = [
        ("city", row["work_city"]),
        ("region", row["work_region_id"]),
        ("office_city", row["region_city"]),
        ("office", row["region_id"]),
        ("category", row["category"]),
        ("education", row["education"]),
        ("pay", facets.pay_band(row["allowance"])),
        ("months", facets.months_band(row["months"])),
        ("unit_type", row["unit_type"]),
        ("industry", row["industry"]),
    ]
    row["tokens"] = [*found, *search.code_tokens(pairs)]
    row["search_text"] = search.fold("\n".join((row["name"], row["unit_name"], row["content"])))


def _copy(table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def load(count: int) -> None:
    """Replace everything by ``count`` open positions of units in three provinces. Takes minutes for a million."""
    generator = random.Random(SEED)
    load_regions()
    units = list(_units(max(count // POSITIONS_PER_UNIT, 1), generator))
    indexes = list(Position._meta.indexes)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE positions_position, accounts_unit CASCADE")
        # History and totals are not what is measured: totals are counted once below.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '2GB'")
        cursor.execute("SET max_parallel_maintenance_workers = 2")
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Position, index)
    _load_units(units)
    columns: list[str] = []

    def values() -> Iterator[tuple[Any, ...]]:
        for row in _rows(count, units, generator):
            _index(row)
            yield tuple(row[column] for column in columns)

    columns = [field.column for field in Position._meta.local_concrete_fields]
    _copy(Position._meta.db_table, columns, values())
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(Position, index)
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
    facets.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("RESET work_mem")
        cursor.execute("VACUUM ANALYZE positions_position")
        cursor.execute("VACUUM ANALYZE positions_searchfacet")
    caches["local"].clear()


def _load_units(units: list[tuple[Any, ...]]) -> None:
    columns = [field.column for field in Unit._meta.local_concrete_fields]
    defaults: dict[str, Any] = {
        field.column: None if field.null else ("" if field.empty_strings_allowed else 0)
        for field in Unit._meta.local_concrete_fields
    }

    def rows() -> Iterator[tuple[Any, ...]]:
        for pk, name, place, unit_type, industry in units:
            row = defaults | {
                "id": pk,
                "name": name,
                "uscc": f"BENCH{pk:013d}",
                "legal_person_type": "01",
                "level": 3,
                "unit_type": unit_type,
                "industry": industry,
                "region_id": place,
                "handling_region_id": place,
                "created_at": NOW,
            }
            yield tuple(row[column] for column in columns)

    _copy(Unit._meta.db_table, columns, rows())
