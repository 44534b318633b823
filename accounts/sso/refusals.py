"""Why a sign-in by the network is refused, each reason by its name; the page says what to do (matters A1, A2)."""

from allauth.socialaccount.providers.base.provider import ProviderException


class SsoRefused(ProviderException):
    """The network knows who it is, but the hall cannot let this account in; ``title`` and ``steps`` are for the reader."""

    title = "暂时无法登录"
    steps: tuple[str, ...] = ("请稍后重新登录。", "仍有问题的，请联系当地经办窗口。")


class ClaimsIncomplete(SsoRefused):
    """A claim that identifies the person or the unit is missing or wrong; the message names it for the log."""

    title = "统一身份认证没有提供完整的身份信息"
    steps = (
        "请到统一身份认证平台核对并补全您的姓名、证件号码或单位信息，然后重新登录。",
        "信息完整仍不能登录的，请用本网厅的账号登录，或联系当地经办窗口。",
    )


class RealNameRequired(SsoRefused):
    """The network itself has not checked the identity (level 1 or 2): its ID number proves nothing."""

    title = "您的统一身份认证账号还没有实名"
    steps = (
        "请到统一身份认证平台完成实名认证（如刷脸核验），然后重新登录。",
        "也可以用本网厅的账号登录；查询本人参保记录等业务仍需实名认证或窗口核验。",
    )


class IdentityChanged(SsoRefused):
    """The network account led to a person here before, and now shows another ID number."""

    title = "统一身份认证的证件号码与本网厅的账号不一致"
    steps = (
        "您的统一身份认证账号此前登录过本网厅，当时是另一个证件号码。",
        "请确认登录的是您本人的统一身份认证账号，退出后重新登录。",
        "证件号码确有变更的，请携带新旧证件到当地经办窗口办理。",
    )


class NameDiffers(SsoRefused):
    """A verified account has this ID number, under another name."""

    title = "姓名与本网厅已核验的姓名不一致"
    steps = (
        "该证件号码已在本网厅核验，姓名与统一身份认证提供的不同。",
        "已改名的，请携带身份证和户口簿到当地经办窗口变更姓名后再登录。",
        "没有改名的，请到统一身份认证平台核对姓名。",
    )


class StaffAccountExists(SsoRefused):
    """The account belongs to a staff member; staff sign in with their own account only."""

    title = "工作人员不能从这里登录"
    steps = ("请用系统管理员分配的账号，从“工作人员登录”进入工作台。",)


class AuthorisationEnded(SsoRefused):
    """The unit or the office ended this handler's authorisation here; the network still names the person."""

    title = "您在该单位的经办权限已结束"
    steps = (
        "请联系单位主管重新授权后再登录。",
        "没有单位主管可以联系的，请携带授权委托书和本人身份证到当地经办窗口办理。",
    )


class PersonalAccountExists(SsoRefused):
    """The handler acts for the unit with an account that is also private or serves other units."""

    title = "请用您本人的账号登录"
    steps = (
        "您已是该单位的经办人，使用的是您本人的账号；单位的统一身份认证不能打开个人的账号。",
        "请从“个人登录”登录本人账号，再进入单位网厅并选择单位。",
    )
