"""Code lists (字典): standard codes with their labels, usable as ``choices`` of model fields.

Codes are those of the human-resources and social-security field standards and the GB/T lists
(domain facts §2); the lists marked "own" are the hall's, because no standard has them.
"""

from collections.abc import Iterator

from django.db import models


class CodeList:
    """A list of (code, label) pairs under one name."""

    def __init__(self, name: str, standard: str, **pairs: str) -> None:
        self.name, self.standard = name, standard
        # Keyword names cannot begin with a digit: the leading underscore is not part of the code.
        self._labels = {code.removeprefix("_"): label for code, label in pairs.items()}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._labels.items())

    def __contains__(self, code: object) -> bool:
        return code in self._labels

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Pairs for a form or model field, in the order of the standard."""
        return list(self._labels.items())

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(self._labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in order (the drop-down of a spreadsheet)."""
        return tuple(self._labels.values())

    def label(self, code: str) -> str:
        """The label of a code; the code itself where an old row holds one that is no longer listed."""
        return self._labels.get(code, code)

    def code_of(self, text: str) -> str | None:
        """The code for a label or a code, as typed into a spreadsheet; None when it is neither."""
        text = text.strip()
        if text in self._labels:
            return text
        return next((code for code, label in self._labels.items() if label == text), None)

    def only(self, *codes: str) -> "CodeList":
        """A shorter list of some of the codes, in the given order."""
        return CodeList(
            self.name,
            self.standard,
            **{f"_{code}": self._labels[code] for code in codes},
        )


def _numbered(name: str, standard: str, text: str) -> CodeList:
    """A list from text such as ``01汉族 02蒙古族``: each word is a code followed by its label."""
    pairs = {}
    for word in text.split():
        label = word.lstrip("0123456789")
        pairs[f"_{word[: len(word) - len(label)]}"] = label
    return CodeList(name, standard, **pairs)


SEX = CodeList("性别", "GB/T 2261.1-2003", _1="男", _2="女", _0="未知", _9="未说明")
MALE, FEMALE = "1", "2"

NATION = _numbered(
    "民族",
    "GB/T 3304-1991",
    """01汉族 02蒙古族 03回族 04藏族 05维吾尔族 06苗族 07彝族 08壮族 09布依族 10朝鲜族 11满族 12侗族 13瑶族 14白族
    15土家族 16哈尼族 17哈萨克族 18傣族 19黎族 20傈僳族 21佤族 22畲族 23高山族 24拉祜族 25水族 26东乡族 27纳西族
    28景颇族 29柯尔克孜族 30土族 31达斡尔族 32仫佬族 33羌族 34布朗族 35撒拉族 36毛南族 37仡佬族 38锡伯族 39阿昌族
    40普米族 41塔吉克族 42怒族 43乌孜别克族 44俄罗斯族 45鄂温克族 46德昂族 47保安族 48裕固族 49京族 50塔塔尔族
    51独龙族 52鄂伦春族 53赫哲族 54门巴族 55珞巴族 56基诺族 97其他 98外国血统中国籍人士""",
)

POLITICS = _numbered(
    "政治面貌",
    "GB/T 4762-1984",
    """01中共党员 02中共预备党员 03共青团员 04民革党员 05民盟盟员 06民建会员 07民进会员 08农工党党员 09致公党党员
    10九三学社社员 11台盟盟员 12无党派人士 13群众""",
)

EDUCATION = _numbered(
    "学历",
    "GB/T 4658-2006",
    """11博士研究生 14硕士研究生 21大学本科 31大学专科 41中等专科 44职业高中 47技工学校 61普通高中 71初中 81小学
    90其他""",
)

DEGREE = CodeList("学位", "GB/T 6864-2003", _2="博士", _3="硕士", _4="学士")

MARRIAGE = _numbered(
    "婚姻状况",
    "GB/T 2261.2-2003",
    "10未婚 20已婚 21初婚 22再婚 23复婚 30丧偶 40离婚 90未说明",
)

ID_TYPE = _numbered(
    "证件类型",
    "AAC058",
    """01居民身份证（户口簿） 02军官证 03武警警官证 04港澳居民来往内地通行证（香港） 05港澳居民来往内地通行证（澳门）
    06台湾居民来往大陆通行证 07外国人永久居留身份证 08外国人护照 09残疾人证
    16港澳台居民居住证 90社会保障卡 99其他身份证件""",
)
RESIDENT_ID, RESIDENCE_PERMIT, FOREIGNER_CARD = "01", "16", "07"

UNIT_TYPE = _numbered(
    "单位类型",
    "AAB019",
    "10企业 21全额拨款事业单位 22差额拨款事业单位 23自收自支事业单位 30机关 40社会团体 50民办非企业单位 60个体工商户 99其他",
)

# Own: the kinds of legal person that may register (法人类型, matters A2).
LEGAL_PERSON_TYPE = _numbered(
    "法人类型",
    "own",
    "01企业法人 02事业单位法人 03机关法人 04社会组织法人 05个体工商户 09其他",
)

REGISTRATION_TYPE = _numbered(
    "登记注册类型",
    "GB/T 12402-2000",
    """100内资 110国有全资 120集体全资 130股份合作 140联营 141国有联营 142集体联营 143国有与集体联营 149其他联营
    150有限责任公司 151国有独资公司 159其他有限责任公司 160股份有限公司 170私有 171私有独资 172私有合伙
    173私营有限责任公司 174私营股份有限公司 175个体经营 179其他私有 190其他内资 200港澳台投资 210内地和港澳台合资
    220内地和港澳台合作 230港澳台独资 240港澳台投资股份有限公司 290其他港澳台投资 300国外投资 310中外合资 320中外合作
    330外资 340国外投资股份有限公司 390其他国外投资 900其他""",
)

AFFILIATION = _numbered(
    "隶属关系",
    "GB/T 12404",
    "10中央 20省 40市、地区 51区 52县 61街道 62镇 63乡 71居民委员会 72村民委员会 80军队 90其他",
)

INDUSTRY = CodeList(
    "行业",
    "GB/T 4754-2017",
    A="农、林、牧、渔业",
    B="采矿业",
    C="制造业",
    D="电力、热力、燃气及水生产和供应业",
    E="建筑业",
    F="批发和零售业",
    G="交通运输、仓储和邮政业",
    H="住宿和餐饮业",
    I="信息传输、软件和信息技术服务业",
    J="金融业",
    K="房地产业",
    L="租赁和商务服务业",
    M="科学研究和技术服务业",
    N="水利、环境和公共设施管理业",
    O="居民服务、修理和其他服务业",
    P="教育",
    Q="卫生和社会工作",
    R="文化、体育和娱乐业",
    S="公共管理、社会保障和社会组织",
    T="国际组织",
)

INSURANCE_KIND = _numbered(
    "险种",
    "AAE140",
    """110城镇职工基本养老保险 120机关事业单位养老保险 170城乡居民养老保险 210失业保险 310职工基本医疗保险
    390城乡居民基本医疗保险 410工伤保险 510生育保险""",
)
GOVERNMENT_PENSION = "120"

# 301 and 302 are the finer local codes below 20; the last two are own.
INSURED_IDENTITY = _numbered(
    "参保身份",
    "AAC066",
    "20机关事业单位职工 301公务员（参公） 302事业编制人员 303工勤人员 304编制外人员",
)

# 职务层次 of civil servants before ranks (职级) came in 2019, and 岗位等级 of public institutions; codes are own.
OFFICIAL_RANK = CodeList(
    "职务层次（公务员、参公）",
    "own",
    G01="国家级正职", G02="国家级副职", G03="省部级正职", G04="省部级副职", G05="厅局级正职", G06="厅局级副职",
    G07="县处级正职", G08="县处级副职", G09="乡科级正职", G10="乡科级副职", G11="科员", G12="办事员",
)  # fmt: skip
MANAGEMENT_RANK = CodeList(
    "管理岗位等级",
    "own",
    M03="管理三级", M04="管理四级", M05="管理五级", M06="管理六级", M07="管理七级", M08="管理八级", M09="管理九级",
    M10="管理十级",
)  # fmt: skip
PROFESSIONAL_RANK = CodeList(
    "专业技术岗位等级",
    "own",
    P01="专技一级", P02="专技二级", P03="专技三级", P04="专技四级", P05="专技五级", P06="专技六级", P07="专技七级",
    P08="专技八级", P09="专技九级", P10="专技十级", P11="专技十一级", P12="专技十二级", P13="专技十三级",
)  # fmt: skip
WORKER_RANK = CodeList(
    "工勤岗位等级",
    "own",
    W1="技术工一级", W2="技术工二级", W3="技术工三级", W4="技术工四级", W5="技术工五级", W6="普通工",
)  # fmt: skip
RANKS = {
    "official": OFFICIAL_RANK,
    "management": MANAGEMENT_RANK,
    "professional": PROFESSIONAL_RANK,
    "worker": WORKER_RANK,
}
RANK = CodeList("职务职级或岗位等级", "own", **{code: label for ranks in RANKS.values() for code, label in ranks})

# Own: how a person's post is established (编制类型).
STAFFING = _numbered(
    "编制类型", "own", "1行政编制 2参公编制 3全额事业编制 4差额事业编制 5自收自支编制 6工勤编制 9编制外"
)

# Own codes: the kinds that AIC161 tells apart, without its official numbers.
RETIREMENT_KIND = _numbered(
    "离退休类别",
    "AIC161",
    "1离休 2正常退休 3特殊工种提前退休 4因病提前退休 5公务员提前退休 6弹性提前退休 7弹性延迟退休 8退职",
)

PAY_STATE = _numbered("发放状态", "AAE116", "1正常发放 2暂停发放 3终止发放")
# Own: the 身份 of the wage files (domain facts §3.5), which decides the list of ranks.
PERSONNEL = _numbered("身份", "own", "1公务员 2参照公务员法管理人员 3管理人员 4专业技术人员 5工勤人员")
RANKS_OF_PERSONNEL = {"1": "official", "2": "official", "3": "management", "4": "professional", "5": "worker"}

ENROLMENT_CHANGE = _numbered("参保变更类型", "AAC050", "11新参保 12恢复缴费（续保） 22中断缴费")

CHANGE_REASON = _numbered(
    "变更原因",
    "AAE160",
    """6301解除或终止劳动（聘用）合同 6302统筹范围内转出 6303参军 6304上学 6305判刑收监 6306失踪 6307停薪留职
    6308达到享受养老待遇条件 6399其他中断 6401死亡 6402出国定居 6403港澳台定居 6404转出统筹范围外 6405退保 6406离境
    6499其他终止 6501在职转退休""",
)

# Own: why somebody is enrolled (增加原因, domain facts §3.4).
ENROLMENT_REASON = _numbered("增加原因", "own", "1录用 2聘用 3调入 4军队转业安置 5恢复缴费 9其他")

# What government units call the reasons of AAE160: the first four digits of each are its code. Retirement is missing,
# because it is a pension claim.
WITHDRAWAL_CAUSE = _numbered(
    "减少原因",
    "own",
    """630101辞职 630102辞退 630103开除 630104解聘或合同终止 630201调出（本统筹范围内） 640401调出（本统筹范围外）
    630301参军 630401上学 630501判刑收监 630601失踪 630701停薪留职 639901其他中断 640101死亡 640201出国定居
    640301港澳台定居 640501退保 640601离境 649901其他终止""",
)
DEATH_CAUSE = "640101"

HUKOU = _numbered(
    "户口性质",
    "AAC009",
    "51本地居民 52外地居民 31香港居民 32澳门居民 33台湾居民 34华侨 40外国人",
)

# Own: no standard classes trainees (就业见习人员) or internship positions (见习岗位).
TRAINEE_CATEGORY = CodeList(
    "人员类别",
    "own",
    G1="离校2年内未就业高校毕业生",
    G2="中职、技工院校毕业生",
    Y1="16–24岁失业青年",
    X1="其他（省定）",
)
GRADUATE_CATEGORIES = ("G1", "G2")

POSITION_CATEGORY = _numbered("岗位类别", "own", "1管理 2专业技术 3科研 4技能操作 5服务 9其他")

END_REASON = _numbered("见习结束原因", "own", "1完成就业 2见习期满 3因故无法完成见习")

DESTINATION = _numbered(
    "就业去向",
    "own",
    "01留用本单位 02其他企业 03机关 04事业单位 05自主创业 06灵活就业 07升学 08参军 09基层项目 99其他",
)

BANK = _numbered(
    "开户银行",
    "CNAPS",
    """102中国工商银行 103中国农业银行 104中国银行 105中国建设银行 301交通银行 403中国邮政储蓄银行 302中信银行
    303中国光大银行 304华夏银行 305中国民生银行 306广发银行 307平安银行 308招商银行 309兴业银行 310上海浦东发展银行
    313城市商业银行 314农村商业银行 402农村信用社""",
)


class Rating(models.IntegerChoices):
    """How satisfied an applicant was with a finished case (好差评, five levels)."""

    VERY_SATISFIED = 5, "非常满意"
    SATISFIED = 4, "满意"
    FAIR = 3, "基本满意"
    DISSATISFIED = 2, "不满意"
    VERY_DISSATISFIED = 1, "非常不满意"


RATING = Rating
