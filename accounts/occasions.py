"""When the hall writes about an account itself."""

from accounts.messaging.models import Message
from accounts.messaging.occasions import Occasion, register

ACCOUNT, CODE = Message.Kind.ACCOUNT, Message.Kind.CODE

register(
    Occasion(
        "code",
        "验证码",
        CODE,
        "{用途}验证码",
        "{用途}验证码{验证码}，{分钟}分钟内有效。工作人员不会向您索要，请勿告诉他人。",
        {"用途": "登录", "验证码": "123456", "分钟": "5"},
        ("验证码",),
    ),
    Occasion(
        "password-changed",
        "密码已修改",
        ACCOUNT,
        "密码已修改",
        "您的登录密码刚刚修改成功，其他设备已退出登录。如非本人操作，请立即重置密码并联系窗口。",
    ),
    Occasion(
        "second-factor-changed",
        "动态口令有变更",
        ACCOUNT,
        "动态口令有变更",
        "{变更}。如非本人操作，请立即修改密码并联系系统管理员或当地经办窗口。",
        {"变更": "您的账号已启用动态口令"},
        ("变更",),
    ),
    Occasion(
        "mobile-changed",
        "手机号已变更",
        ACCOUNT,
        "手机号已变更",
        "您的账号手机号已变更为{手机号}，其他设备已退出登录。如非本人操作，请立即联系当地经办窗口。",
        {"手机号": "138****0000"},
    ),
    Occasion(
        "email-changed",
        "电子邮箱已变更",
        ACCOUNT,
        "电子邮箱已变更",
        "您的账号电子邮箱已{变更}。如非本人操作，请立即修改密码并联系当地经办窗口。",
        {"变更": "变更为z***@example.com"},
        ("变更",),
    ),
    Occasion(
        "handler-superseded",
        "经办权限因单位核验而结束",
        ACCOUNT,
        "经办权限已结束",
        "{单位}已通过统一身份认证核验，此前自行申报的经办权限随之结束。"
        "如您是该单位的经办人，请由单位在统一身份认证平台为您授权后登录，或联系当地经办窗口。",
        {"单位": "演示单位（虚构）"},
    ),
)
