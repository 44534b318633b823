"""Which policies exist (matters, domain facts §1, §3, §4); their values are rows with a source.

A key without a shipped value has no documented figure: until staff enter one the hall says 待配置.
"""

from common import codes
from common.policies import PolicyKey, register

_BY_RANK = "逗号分隔的“等级:数值”，没有依据的等级不填"

register(
    # Positions, trainees and placements (就业见习)
    PolicyKey("minimum_wage", "最低工资标准", "money", "元/月"),
    PolicyKey("favourites_limit", "收藏岗位数上限", "count", "个"),
    PolicyKey("graduate_clock_months", "毕业生离校期限", "months", "个月", "毕业证签发日至申请日、协议签订日"),
    PolicyKey("youth_age_min", "失业青年最低年龄", "count", "周岁"),
    PolicyKey("youth_age_max", "失业青年最高年龄", "count", "周岁", "含该周岁全年"),
    PolicyKey("internship_months_min", "见习期限下限", "months", "个月"),
    PolicyKey("internship_months_max", "见习期限上限", "months", "个月"),
    PolicyKey("internship_months_total", "累计见习期限上限", "months", "个月"),
    PolicyKey(
        "repeat_internship",
        "重复见习",
        "text",
        "",
        "once：仅一次；once_per_unit：每个单位一次；any：不限",
        pattern="once|once_per_unit|any",
    ),
    PolicyKey("county_sees_city_positions", "县级人员可见市本级岗位", "flag"),
    PolicyKey("placement_requires_trainee", "匹配须为已审核见习人员", "flag"),
    PolicyKey("placement_channels", "协议上报方式", "list", "", "import：批量上报；registration：逐人申报"),
    PolicyKey("unit_confirmation_date", "见习单位年度确认截止日", "text", "", "格式为月-日"),
    # Monthly reports and subsidies (月报、补贴)
    PolicyKey("subsidy_rate.G1", "高校毕业生补贴比例", "ratio", "", "占最低工资标准"),
    PolicyKey("subsidy_rate.G2", "中职技工毕业生补贴比例", "ratio", "", "占最低工资标准"),
    PolicyKey("subsidy_rate.Y1", "失业青年补贴比例", "ratio", "", "占最低工资标准"),
    PolicyKey("subsidy_rate.X1", "其他人员补贴比例", "ratio", "", "占最低工资标准"),
    PolicyKey(
        "subsidy_unit_share", "单位自付比例下限", "ratio", "", "占最低工资标准；发放标准=最低工资×（补贴比例+本比例）"
    ),
    PolicyKey("subsidy_months_min", "申领生活费补贴的最少见习月数", "months", "个月"),
    PolicyKey("subsidy_months_max", "生活费补贴最长月数", "months", "个月"),
    PolicyKey("early_leaver_subsidy", "提前结束人员可申领补贴", "flag"),
    PolicyKey(
        "partial_month",
        "首尾不足月的计算",
        "text",
        "",
        "none：不计；days：按天；full:N：满N天计整月",
        pattern=r"none|days|full:([1-9]|[12]\d|3[01])",
    ),
    PolicyKey("insurance_refund_cap", "意外伤害保险补贴上限", "money", "元/人"),
    PolicyKey("retention_rate_min", "带教补贴的留用率下限", "ratio"),
    PolicyKey("retention_amount", "带教补贴标准", "money", "元/人"),
    PolicyKey("retention_contract_months", "留用劳动合同最短期限", "months", "个月"),
    PolicyKey("retention_filing_required", "留用认定须用工备案", "flag"),
    PolicyKey("publicity_days", "公示天数", "days", "天"),
    PolicyKey(
        "publicity_day_kind",
        "公示天数计法",
        "text",
        "",
        "calendar：自然日；working：工作日",
        pattern="calendar|working",
    ),
    # Cases (办件)
    PolicyKey("review_days.unit-qualification", "见习单位申请办理时限", "days", "个工作日"),
    PolicyKey("review_days.employee-enrolment", "在职人员增加办理时限", "days", "个工作日"),
    PolicyKey("review_days.employee-withdrawal", "在职人员减少办理时限", "days", "个工作日"),
    PolicyKey("review_days.pension-claim", "养老金申领办理时限", "days", "个工作日"),
    PolicyKey("returned_lapse_days", "退回件逾期作废天数", "days", "天"),
    PolicyKey("returned_reminder_days", "退回件作废前提醒", "list", "", "作废前的天数"),
    # Personal data (个人信息保存期限)
    PolicyKey("retention.sign_in_months", "登录记录保存期限", "months", "个月", "注销账号的历史同此期限"),
    PolicyKey("retention.message_months", "消息保存期限", "months", "个月"),
    PolicyKey("retention.delivery_days", "外发消息记录保存期限", "days", "天"),
    PolicyKey("retention.archive_years", "业务档案保存期限", "count", "年", "注销账号的姓名、证件在期满后清除"),
    # Accounts (账号)
    PolicyKey(
        "legacy_first_password",
        "经办人初始密码沿用证件号码后六位",
        "flag",
        "",
        "默认不启用；启用后首次登录须先修改密码",
    ),
    # Insurance (机关事业单位养老保险)
    PolicyKey("certificate_validity_months", "参保证明验证有效期", "months", "个月"),
    PolicyKey("contribution_base_floor", "缴费基数下限", "ratio", "", "占上年度平均工资"),
    PolicyKey("contribution_base_ceiling", "缴费基数上限", "ratio", "", "占上年度平均工资"),
    PolicyKey(
        "average_wage", "上年度在岗职工月平均工资", "money", "元/月", "每年一行；施行日期所在年份的上一年度的工资"
    ),
    PolicyKey("pension_rate_unit", "单位缴费比例", "ratio"),
    PolicyKey("pension_rate_individual", "个人缴费比例", "ratio"),
    PolicyKey("annuity_rate_unit", "职业年金单位缴费比例", "ratio"),
    PolicyKey("annuity_rate_individual", "职业年金个人缴费比例", "ratio"),
    PolicyKey("min_contribution_months", "最低缴费年限", "months", "个月"),
    PolicyKey("working_years_min", "最低工作年限", "count", "年"),
    PolicyKey("pension_claim_lead_months", "养老金申领提前月数", "months", "个月"),
    PolicyKey("flexible_retirement_months", "弹性退休最长月数", "months", "个月"),
    PolicyKey("flexible_early_notice_months", "弹性提前退休告知期", "months", "个月"),
    PolicyKey("flexible_late_notice_months", "弹性延迟退休告知期", "months", "个月"),
    PolicyKey("flexible_delay_for_officials", "公务员及领导人员可弹性延迟", "flag"),
    PolicyKey("special_work_age_male", "特殊工种男性退休年龄", "count", "周岁"),
    PolicyKey("special_work_age_female", "特殊工种女性退休年龄", "count", "周岁"),
    PolicyKey("special_work_months.heavy", "高空或特别繁重体力劳动最短期限", "months", "个月"),
    PolicyKey("special_work_months.underground", "井下或高温工作最短期限", "months", "个月"),
    PolicyKey("special_work_months.harmful", "其他有害身体健康工作最短期限", "months", "个月"),
    PolicyKey("illness_retirement_age_male", "病退男性最低年龄", "count", "周岁"),
    PolicyKey("illness_retirement_age_female", "病退女性最低年龄", "count", "周岁"),
    PolicyKey("rank_changes_per_year", "每年职务升降次数上限", "count", "次"),
    PolicyKey("payment_months", "计发月数", "list", "", "退休年龄:月数"),
    PolicyKey("official_early_work_months", "公务员提前退休的工作年限", "months", "个月"),
    PolicyKey("official_early_near_work_months", "公务员临近退休时提前退休的工作年限", "months", "个月"),
    PolicyKey("official_early_near_months", "公务员临近退休的月数", "months", "个月", "距法定退休年龄"),
    PolicyKey("transition_coefficient", "过渡系数", "ratio"),
    PolicyKey("wage_growth", "年度工资增长率（G）", "ratio", "", "自2015年起每年一行，施行日期填该年1月1日"),
    *(
        PolicyKey(f"{key}.{kind}", f"{title}（{ranks.name}）", "table", unit, _BY_RANK, ranks.labels)
        for key, title, unit in (
            ("deemed_index", "视同缴费指数", ""),
            ("retirement_subsidy_2014", "2014年9月退休补贴标准（B）", "元"),
            ("retirement_increase_2015", "国办发〔2015〕3号增加的退休费（C）", "元"),
        )
        for kind, ranks in codes.RANKS.items()
    ),
)
