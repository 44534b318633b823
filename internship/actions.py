"""Every write to internship units and trainees: atomic, by a named actor, on locked rows."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import add_bank_account
from accounts.models import BankAccount, Individual, Unit, User
from common import audit, crypto, identifiers
from common.transitions import TransitionRefused
from internship import rules
from internship.models import InternshipUnit, Trainee, TraineeApplication, UnitQualification
from internship.signals import internship_unit_revoked, trainee_ending
from review.actions import release_key
from review.models import Case


def qualify_unit(*, case: Case, record: UnitQualification, by: User) -> InternshipUnit:
    """The unit becomes an internship unit (again); runs inside the approval of its qualification."""
    unit = Unit.objects.select_for_update(of=("self",)).get(cases=case)
    now = timezone.now()
    qualified, _ = InternshipUnit.objects.update_or_create(
        unit=unit,
        defaults={
            "case": case,
            "state": InternshipUnit.State.ACTIVE,
            "handling_region": record.handling_region,
            "bank_account": _bank_account(unit, record, by),
            "qualified_at": now,
            "qualified_by": by,
            "confirmed_on": timezone.localdate(now),
            "confirmed_by": None,
            "suspended_at": None,
            "suspended_by": None,
            "suspension_reason": "",
            "revoked_at": None,
            "revoked_by": None,
        },
    )
    return qualified


def _bank_account(unit: Unit, record: UnitQualification, by: User) -> BankAccount:
    """The account named in the qualification: one that the unit has already, or a new one of the unit."""
    known = BankAccount.objects.filter(
        unit=unit, ended_at__isnull=True, account_no_digest=crypto.digest(record.account_no)
    ).first()
    if known:
        return known
    account = BankAccount(
        unit=unit,
        holder=record.account_holder,
        bank=record.bank,
        branch=record.branch,
        cnaps=record.cnaps,
        account_no=record.account_no,
    )
    return add_bank_account(account=account, by=by)


def _locked_unit(internship_unit: InternshipUnit) -> InternshipUnit:
    return InternshipUnit.objects.select_for_update(of=("self",)).select_related("unit").get(pk=internship_unit.pk)


def revoke_unit(*, case: Case, by: User) -> None:
    """The unit is no internship unit any more; runs inside the revocation of its qualification."""
    qualified = InternshipUnit.objects.select_for_update().filter(case=case).first()
    if qualified is None:
        # It qualified again by a later case, which stays.
        return
    qualified.state = InternshipUnit.State.REVOKED
    qualified.revoked_at, qualified.revoked_by = timezone.now(), by
    qualified.suspended_at = qualified.suspended_by = None
    qualified.suspension_reason = ""
    qualified.save()
    internship_unit_revoked.send(InternshipUnit, internship_unit=qualified, case=case, by=by)


def confirm_unit_data(*, internship_unit: InternshipUnit, by: User) -> InternshipUnit:
    """年度确认: the unit states that its data is still right; new positions are possible again.

    Raises TransitionRefused when the unit is not qualified or its data is incomplete.
    """
    with audit.actor(by), transaction.atomic():
        qualified = _locked_unit(internship_unit)
        if qualified.state == InternshipUnit.State.REVOKED:
            raise TransitionRefused(rules.NOT_QUALIFIED)
        if not qualified.unit.is_complete:
            raise TransitionRefused("单位信息不完整，请先在单位中心维护单位信息，再进行确认")
        qualified.confirmed_on, qualified.confirmed_by = timezone.localdate(), by
        qualified.save(update_fields=["confirmed_on", "confirmed_by"])
    return qualified


def suspend_unit(*, internship_unit: InternshipUnit, reason: str, by: User) -> InternshipUnit:
    """暂停新增: staff stop new positions of a unit; running placements go on. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        qualified = _locked_unit(internship_unit)
        if qualified.state != InternshipUnit.State.ACTIVE:
            raise TransitionRefused(f"该单位当前状态为“{qualified.get_state_display()}”，不能暂停新增")
        if not reason.strip():
            raise TransitionRefused("暂停新增必须填写原因")
        qualified.state = InternshipUnit.State.SUSPENDED
        qualified.suspended_at, qualified.suspended_by = timezone.now(), by
        qualified.suspension_reason = reason.strip()
        qualified.save()
    return qualified


def resume_unit(*, internship_unit: InternshipUnit, by: User) -> InternshipUnit:
    """Staff allow new positions of a suspended unit again. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        qualified = _locked_unit(internship_unit)
        if qualified.state != InternshipUnit.State.SUSPENDED:
            raise TransitionRefused(f"该单位当前状态为“{qualified.get_state_display()}”，无需恢复")
        qualified.state = InternshipUnit.State.ACTIVE
        qualified.suspended_at = qualified.suspended_by = None
        qualified.suspension_reason = ""
        qualified.save()
    return qualified


def admit_trainee(*, case: Case, record: TraineeApplication, by: User) -> Trainee:
    """The person becomes a trainee of the handling region; runs inside the approval of the application."""
    individual = Individual.objects.get(cases=case)
    return Trainee.objects.create(
        individual=individual,
        case=case,
        name=record.name,
        id_type=record.id_type,
        id_no=record.id_no,
        birth_date=identifiers.birth_date(record.id_type, record.id_no) or individual.birth_date,
        handling_region=record.handling_region,
        category=record.category,
        education=record.education,
        degree=record.degree,
        school=record.school,
        graduated_on=record.graduated_on,
        major=record.major,
        unemployed_on=record.unemployed_on,
        wish_category=record.wish_category,
        wish_region=record.wish_region,
        mobile=record.mobile,
        approved_by=by,
    )


def end_trainee(*, trainee: Trainee, reason: str, by: User) -> Trainee:
    """The person is a trainee no more and may apply anew; higher apps may refuse (TransitionRefused)."""
    with audit.actor(by), transaction.atomic():
        locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
        if locked.state == Trainee.State.ENDED:
            return locked
        if not reason.strip():
            raise TransitionRefused("终止见习人员资格必须填写原因")
        trainee_ending.send(Trainee, trainee=locked, by=by, reason=reason.strip())
        locked.state = Trainee.State.ENDED
        locked.ended_at, locked.ended_by, locked.ended_reason = timezone.now(), by, reason.strip()
        locked.save()
        release_key(locked.case_id, by=by)
    return locked


def record_contact_consent(*, trainee: Trainee, by: User) -> Trainee:
    """The trainee agreed that units of favourite positions see the contact data (B2); the first time is kept."""
    with audit.actor(by), transaction.atomic():
        locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
        if locked.contact_consent_at is None:
            locked.contact_consent_at = timezone.now()
            locked.save(update_fields=["contact_consent_at"])
    return locked


def withdraw_contact_consent(*, trainee: Trainee, by: User) -> Trainee:
    """The trainee takes the consent back: units see no contact data any more (PIPL §15)."""
    with audit.actor(by), transaction.atomic():
        locked = Trainee.objects.select_for_update().get(pk=trainee.pk)
        locked.contact_consent_at = None
        locked.save(update_fields=["contact_consent_at"])
    return locked
