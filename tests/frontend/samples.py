"""Sample contexts for every component, and the style guide that shows them all. All people and units are invented (演示)."""

import datetime

from django import forms

MOMENT = datetime.datetime(2026, 11, 21, 1, 5, tzinfo=datetime.UTC)


class SampleForm(forms.Form):
    """Every kind of widget the hall uses."""

    name = forms.CharField(label="姓名", help_text="与身份证上的姓名一致")
    months = forms.IntegerField(
        label="见习期限", widget=forms.NumberInput(attrs={"data-suffix": "个月", "data-width": "short"})
    )
    starts_on = forms.DateField(
        label="协议开始日期", widget=forms.DateInput(attrs={"type": "date", "data-width": "medium"})
    )
    education = forms.ChoiceField(label="学历", choices=[("", "请选择"), ("21", "大学本科"), ("31", "大学专科")])
    kind = forms.ChoiceField(
        label="人员类别",
        widget=forms.RadioSelect,
        choices=[("g", "离校两年内未就业高校毕业生"), ("y", "16-24岁失业青年")],
    )
    benefits = forms.MultipleChoiceField(
        label="其他待遇",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("meal", "工作餐"), ("bus", "交通补助"), ("dorm", "住宿")],
    )
    experience = forms.CharField(
        label="社会实践经历",
        required=False,
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 4, "data-mark": "请补充实践的起止时间"}),
    )
    photo = forms.FileField(label="证件照片", required=False)
    promise = forms.BooleanField(label="本人承诺以上内容真实有效")
    page = forms.CharField(widget=forms.HiddenInput, initial="basic")


class FilterForm(forms.Form):
    """Filters of a list."""

    keyword = forms.CharField(label="关键词", required=False)
    status = forms.ChoiceField(label="审核状态", required=False, choices=[("", "全部"), ("1", "审核中")])
    month = forms.CharField(label="申办月份", required=False, widget=forms.TextInput(attrs={"type": "month"}))


def site() -> dict:
    """Statutory facts of the site, as hall.context_processors gives them."""
    return {
        "name": "人社通办",
        "province": "演示省",
        "region_name": "演示省 · 演示市",
        "switch_region_url": "/regions/",
        "host": "演示省人力资源和社会保障厅",
        "code": "0000000000",
        "icp": "演示ICP备00000000号",
        "police": "演示公网安备 00000000000000号",
        "police_url": "",
        "phone": "12333",
        "phone_hours": "工作日 8:30-12:00，14:00-17:30",
        "sitemap_url": "/sitemap/",
        "report_url": "/report/",
        "help_url": "/help/",
    }


def frame() -> dict:
    """What surrounds the content of a portal page."""
    titles = ["首页", "个人办事", "法人办事", "公共就业", "个人中心"]
    return {
        "site": site(),
        "top_menu": [{"title": title, "url": f"/{place}/", "active": place == 2} for place, title in enumerate(titles)],
        "side_menu": [
            {
                "title": "就业见习管理",
                "items": [
                    {"title": "见习单位申请", "url": "/a/", "active": False},
                    {"title": "见习岗位管理", "url": "/b/", "active": True, "badge": 3},
                    {"title": "见习月报", "url": "/c/", "active": False},
                ],
            },
            {"title": "社会保险", "items": [{"title": "参保证明打印", "url": "/d/", "active": False}]},
        ],
        "acting": {"name": "演示科技有限公司（虚构）", "kind": "unit", "avatar_text": "演", "switch_url": "/switch/"},
        "unread_count": 3,
        "crumbs": [
            {"title": "首页", "url": "/"},
            {"title": "法人办事", "url": "/unit/"},
            {"title": "设计样例"},
        ],
        "page_title": "见习岗位申请",
        "page_lead": "填写岗位信息，经人社部门审核通过后公开发布。",
        "page_kicker": "就业见习管理",
    }


def slots() -> dict:
    """Attachment slots in every state."""
    license_file = {
        "name": "营业执照（演示）.pdf",
        "size": 348160,
        "url": "/files/1/",
        "preview_url": "/files/1/preview/",
        "delete_url": "/files/1/delete/",
        "status": "clean",
    }
    waiting_file = license_file | {"name": "岗位说明.jpg", "status": "pending", "preview_url": ""}
    upload = {
        "upload_url": "/upload/",
        "accept": ".pdf,.jpg,.png",
        "max_label": "支持 PDF、JPG、PNG，单个文件不超过 10 MB",
    }
    return {
        "slot_missing": upload
        | {"key": "agreement", "title": "就业见习单位协议书", "required": True, "state": "missing", "files": []}
        | {"hint": "加盖公章后扫描或拍照，一式两份都要上传", "multiple": True},
        "slot_done": upload
        | {"key": "license", "title": "营业执照", "required": True, "state": "done", "files": [license_file]},
        "slot_exempt": {"key": "register", "title": "失业登记证明", "required": False, "state": "exempt", "files": []}
        | {"exempt_reason": "已通过数据共享取得，不需要您提交。"},
        "slot_marked": upload
        | {"key": "account", "title": "基本账户信息", "required": False, "state": "marked", "files": [waiting_file]}
        | {"mark": "开户名称与单位名称不一致，请重新上传"},
        "slot_error": upload
        | {"key": "plan", "title": "带教计划", "required": False, "state": "error", "files": []}
        | {"error": "文件内容不是 PDF 或图片，请重新选择"},
    }


def components() -> dict:
    """Contexts of all components, under the names their includes expect."""
    return {
        "bound": SampleForm({"name": "", "months": "20", "kind": "x", "page": "basic"}),
        "unbound": SampleForm(),
        "filter_form": FilterForm(),
        "tasks": [
            {"title": "单位基本信息", "url": "/1/", "state": "done", "text": "名称、类型、地址"},
            {"title": "专职人员", "url": "/2/", "state": "marked", "text": "1 处需要补正"},
            {"title": "带教人员", "url": "/3/", "state": "error"},
            {"title": "银行账户", "url": "/4/", "state": "todo"},
            {"title": "核对并提交", "url": "", "state": "blocked"},
        ],
        "steps": [
            {"title": "基本信息", "url": "/1/", "state": "done"},
            {"title": "专职人员", "url": "/2/", "state": "error"},
            {"title": "带教人员", "url": "/3/", "state": "current"},
            {"title": "银行账户", "url": "", "state": "todo"},
            {"title": "核对提交", "url": "", "state": "todo"},
        ],
        "entries": [
            {"title": "市级复审", "pending": True},
            {"title": "退回补正", "at": MOMENT, "by": "演示县人社局", "tone": "warning", "text": "请补充开户行。"},
            {
                "title": "提交",
                "at": MOMENT,
                "by": "经办人 演示",
                "tone": "info",
                "url": "/v/1/",
                "action": "查看提交内容",
            },
        ],
        "tabs": [
            {"title": "办理中", "url": "?tab=1", "active": True, "count": 2},
            {"title": "办结", "url": "?tab=2", "active": False, "count": "1000+"},
        ],
        "columns": [{"title": "岗位名称"}, {"title": "招收人数", "numeric": True}, {"title": "审核状态"}],
        "rows": [
            [{"text": "软件测试见习生", "url": "/p/1/"}, {"text": 12}, {"text": "审核通过"}],
            [{"text": "档案整理见习生", "url": "/p/2/"}, {"text": 3}, {"text": "审核中"}],
        ],
        "summary_rows": [
            {"label": "岗位名称", "value": "软件测试见习生", "change_url": "/1/#name"},
            {
                "label": "生活费标准",
                "value": "1,980.00 元",
                "old": "1,780.00 元",
                "changed": True,
                "change_url": "/1/#pay",
            },
            {"label": "工作地点", "value": "", "mark": "请填写详细地址", "change_url": "/1/#place"},
        ],
        "cards": [
            {"title": "就业见习", "url": "/x/", "text": "找岗位、报名、领补贴", "icon": "briefcase-business"},
            {"title": "社会保险", "url": "/y/", "text": "参保证明、人员增减", "icon": "shield-check", "badge": 2},
            {"title": "养老金申领", "url": "/z/", "text": "机关事业单位退休人员", "icon": "hand-coins"},
        ],
        "tiles": [
            {"label": "在招岗位", "value": "1,286", "unit": "个", "url": "/positions/"},
            {"label": "待补正", "value": 2, "unit": "件", "tone": "warning", "text": "最近一件 3 个工作日后到期"},
            {"label": "本月拨付", "value": "1,234.50", "unit": "万元", "tone": "success"},
        ],
        "region": {
            "id": "handling-region",
            "legend": "业务办理归属地",
            "hint": "市级单位请选择“市本级”",
            "required": True,
            "errors": ["请选择县（区）"],
            "hx_url": "/regions/select/",
            "levels": [
                {"name": "province", "label": "省", "value": "14", "options": [("14", "演示省")]},
                {"name": "city", "label": "市", "value": "1401", "options": [("1401", "演示市"), ("1402", "示例市")]},
                {"name": "county", "label": "县（区）", "value": "", "options": [("140100", "市本级")]},
            ],
        },
        "rating": {
            "name": "score",
            "legend": "您对这次办理满意吗？",
            "value": 5,
            "options": [(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")],
        },
        "conflict_rows": [{"label": "岗位名称", "mine": "软件测试", "theirs": "软件测试见习生"}],
        "conflict_by": "经办人 演示",
        "conflict_at": MOMENT,
        "receipt_rows": [
            {"label": "事项", "value": "见习岗位申请"},
            {"label": "提交时间", "value": "2026年11月21日 09:05"},
        ],
        "receipt_next": ["演示县人社局在 5 个工作日内初审。", "有结果会在消息中心通知您。"],
        "statuses": [
            "draft",
            "submitted",
            "in_review",
            "returned",
            "rejected",
            "approved",
            "withdrawn",
            "revoked",
            "closed",
        ],
        **slots(),
    }
