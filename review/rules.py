"""Who may do what to a case, and when. ``check_x`` raises with the reason to read, ``can_x`` is its boolean."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.menu_groups import GroupClosed, closed_to
from accounts.models import STRONG_LEVEL, Handler, Individual, Unit, User
from accounts.queries import staff_regions, staff_roles
from common import regions
from common.transitions import Transition, TransitionRefused
from review import matters, route
from review.models import EDITABLE, BackgroundSubmission, Case, CaseStep

REVOKE_PERMISSION = "review.revoke_case"
RELEASE_PERMISSION = "review.release_case"


def check_actor(case: Case, transition: Transition, by: User | None) -> None:
    """Raise TransitionRefused unless ``by`` may perform this transition on this case."""
    if transition.who == "clock":
        if by is not None:
            raise TransitionRefused("该操作只由系统执行")
        return
    if by is None or not by.is_active:
        raise TransitionRefused("请先登录")
    {
        "applicant": check_applicant,
        "reviewer": check_reviewer,
        "holder": check_holder,
        "revoker": check_revoker,
    }[transition.who](case, by)


def check_applicant(case: Case, by: User) -> None:
    """The applicant: the person whose case it is, or a handler of the unit whose case it is."""
    if not is_applicant(case, by):
        raise TransitionRefused("只有申请人可以办理该操作")


def is_applicant(case: Case, by: User) -> bool:
    """Whether ``by`` acts for the applicant today, in the part of the menu where the case stands."""
    if case.individual:
        return case.individual.user_id == by.pk
    if case.unit:
        handler = Handler.objects.active().filter(unit=case.unit, user=by).first()
        return handler is not None and matters.get(case.matter).group not in closed_to(handler)
    return False


def check_editable(case: Case, by: User) -> None:
    """Pages and attachments may be changed by the applicant while the case is a draft, returned or withdrawn."""
    check_applicant(case, by)
    if case.status not in EDITABLE:
        raise TransitionRefused(f"当前状态为“{case.get_status_display()}”，不能修改")
    if background_submission(case):
        raise TransitionRefused("该办件正在后台导入，完成以前不能修改")


def background_submission(case: Case) -> BackgroundSubmission | None:
    """The submission that a job has not finished; only batch reports, which approve themselves, have any."""
    if case.status not in EDITABLE or not matters.get(case.matter).auto_approve:
        return None
    return BackgroundSubmission.objects.unfinished().filter(case=case).select_related("requested_by").first()


def can_edit(case: Case, by: User) -> bool:
    return case.status in EDITABLE and is_applicant(case, by)


def check_reviewer(case: Case, by: User) -> None:
    """A reviewer of the current step's role and region, not concerned, not deciding twice, not beside another."""
    step = case.steps.filter(current=True).first()
    if step is None:
        raise TransitionRefused("该办件没有待处理的审核环节")
    check_step(step, by)
    check_not_concerned(case, by)
    if case.reviewer_id and case.reviewer_id != by.pk:
        raise TransitionRefused(f"该办件已由{case.reviewer}受理，请等待其释放")


def check_step(step: CaseStep, by: User) -> None:
    """The step's role and region are the actor's, who has not approved another step of this case."""
    if not by.is_staff or step.role not in staff_roles(by) or step.region_id not in staff_regions(by):
        raise TransitionRefused("该环节不在您的审核权限内")
    if step.case.steps.filter(decision="approve", decided_by=by).exclude(order=step.order).exists():
        raise TransitionRefused("您已处理过该办件的另一审核环节，同一人员不能重复处理")


def check_not_concerned(case: Case, by: User) -> None:
    """Nobody decides a case that he opened at the counter or that concerns himself, by ID and not by account."""
    if by.pk in (case.acting_user_id, case.submitted_by_id):
        raise TransitionRefused("不能审核由本人提交的办件")
    own = getattr(getattr(by, "staff_profile", None), "id_no_digest", "")
    if own and own in _concerned_digests(case):
        raise TransitionRefused("该办件与您本人有关，应当回避")


def _concerned_digests(case: Case) -> set[str]:
    digests = {case.subject_id_no_digest, *case.persons.values_list("id_no_digest", flat=True)}
    if case.individual:
        digests.add(case.individual.id_no_digest)
    if case.unit:
        digests.add(case.unit.legal_representative_id_no_digest)
        handlers = Handler.objects.active().filter(unit=case.unit)
        digests.update(handlers.values_list("id_no_digest", flat=True))
    return digests - {""}


def can_review(case: Case, by: User) -> bool:
    try:
        check_reviewer(case, by)
    except TransitionRefused:
        return False
    return True


def check_holder(case: Case, by: User) -> None:
    """Who holds the case may give it back, and so may 业务管理 within its regions for somebody absent."""
    if case.reviewer_id is None:
        raise TransitionRefused("该办件尚未受理")
    if case.reviewer_id == by.pk:
        return
    step = case.steps.filter(current=True).first()
    if not (by.has_perm(RELEASE_PERMISSION) and step and step.region_id in staff_regions(by)):
        raise TransitionRefused(f"该办件由{case.reviewer}受理，只能由其本人释放")


def check_revoker(case: Case, by: User) -> None:
    """Staff of the level above the last decision, with the permission to revoke."""
    check_not_concerned(case, by)
    last = case.steps.filter(decision="approve").order_by("decided_at").last()
    upper = route.upper_regions(last.region_id if last else case.region_code)
    if not by.has_perm(REVOKE_PERMISSION) or not upper & set(staff_regions(by)):
        raise TransitionRefused("撤销须由上一级有撤销权限的工作人员办理")


def can_revoke(case: Case, by: User) -> bool:
    try:
        check_revoker(case, by)
    except TransitionRefused:
        return False
    return True


def _confirm_url(matter: matters.Matter) -> str:
    """The page that asks for a second proof and comes back to the start of the matter."""
    target = reverse(matter.entry) if matter.entry else reverse("review:start", args=[matter.portal, matter.code])
    return f"{reverse('confirm_identity')}?{urlencode({'next': target})}"


def check_start(matter_code: str, by: User, subject: Individual | Unit, *, proved: bool = False) -> None:
    """Raise StartRefused when a case of this matter cannot be started by ``by`` for ``subject``.

    ``proved``: the session has a fresh second proof, which stands in for real-name level 4 and above.
    Raises GroupClosed when the matter stands in a part of the menu that is not open to the acting handler.
    """
    matter = matters.get(matter_code)
    if isinstance(subject, Unit) and matter.group in subject.closed_groups:
        raise GroupClosed(matter.group)
    strong = matter.real_name_level >= STRONG_LEVEL
    if strong and subject.level < STRONG_LEVEL and not proved:
        raise matters.StartRefused(
            f"办理“{matter.name}”需要实名等级达到{matter.real_name_level}级，或者先用短信验证码、动态口令确认是您本人",
            url=_confirm_url(matter),
            link="确认身份",
        )
    if not strong and subject.level < matter.real_name_level:
        raise matters.StartRefused(
            f"办理“{matter.name}”需要实名等级达到{matter.real_name_level}级，您当前为{subject.level}级，请先完成实名认证"
        )
    matter.check_start(by, subject)


def in_scope(case: Case, by: User) -> bool:
    """Whether a staff member may look at the case: the role reads cases, and it lies in or below an own region.

    Who keeps accounts or security settings reads no cases (GB/T 22239 level 3, separated duties).
    """
    if not case.region_id or not by.has_perm("review.view_case"):
        return False
    return any(regions.in_scope(case.region_code, code) for code in staff_regions(by))
