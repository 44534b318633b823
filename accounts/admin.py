"""Accounts, people and units on the staff site: mostly to look at, encrypted values masked."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts import actions, appeal_admin, handler_admin, sign_in_admin  # noqa: F401 - the latter register their pages
from accounts.admin_base import DigestSearchMixin, ReadOnlyAdmin, ScopedAdmin, masked
from accounts.messaging import admin as messaging_admin  # noqa: F401 - registers its pages
from accounts.models import (
    BankAccount,
    Consent,
    Handler,
    Individual,
    SignIn,
    StaffProfile,
    StaffScope,
    Unit,
    User,
)
from common import identifiers
from common.constraints import explain


class StaffProfileInline(admin.StackedInline):
    """工号 and 科室; the ID number is never shown in full."""

    model = StaffProfile
    fields = ("employee_no", "office")
    can_delete = False
    verbose_name_plural = "工作人员信息"


class StaffScopeInline(admin.StackedInline):
    """The regions that a staff member works for; typed as a code or looked up, because select2 is not accessible."""

    model = StaffScope
    raw_id_fields = ("region",)
    extra = 1


class StaffCreationForm(AdminUserCreationForm):
    """A new staff account; portal accounts come by registration only."""

    class Meta:
        model = User
        fields = ("username", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip().lower()
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("该账号已被使用，请换一个")
        return username

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.is_staff = True
        if commit:
            user.save()
            self.save_m2m()
        return user


class StaffPasswordForm(AdminPasswordChangeForm):
    """A new password set by the system administrator; the other sessions of the account end."""

    def save(self, commit: bool = True) -> User:
        self.user.password_changed_at = timezone.now()
        user: User = super().save(commit)
        return user


@admin.register(User)
class UserAdmin(DigestSearchMixin, DjangoUserAdmin):
    """Staff accounts with groups and regions; of portal accounts only 启用 can be changed."""

    add_form = StaffCreationForm
    form = forms.ModelForm
    change_password_form = StaffPasswordForm
    digest_search_fields = ("mobile_digest",)
    show_mobile = masked("mobile", "手机号", identifiers.mask_mobile)
    list_display = ("username", "name", "show_mobile", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("username", "name")
    ordering = ("-is_staff", "username")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    readonly_fields = ("show_mobile", "password_link", "is_staff", "last_login", "date_joined", "password_changed_at")
    inlines = (StaffProfileInline, StaffScopeInline)
    fieldsets = (
        (None, {"fields": ("username", "name", "password_link")}),
        ("联系方式", {"fields": ("show_mobile", "email")}),
        ("权限", {"fields": ("is_active", "is_staff", "groups")}),
        ("时间", {"fields": ("last_login", "date_joined", "password_changed_at")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "password1", "password2")}),)

    @admin.display(description="密码")
    def password_link(self, user: User) -> str:
        """The way to the form that sets a new password; the hash is never shown."""
        if not user.is_staff:
            return "由本人在登录页用短信验证码重置"
        return format_html('<a href="{}">重置密码</a>', reverse("admin:auth_user_password_change", args=[user.pk]))

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> tuple:
        return self.inlines if obj is not None and obj.is_staff else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is not None and not obj.is_staff:
            return (*self.readonly_fields, "username", "name", "email", "groups")
        return self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody raises his own rights, and only superusers touch superusers (separation of duties)."""
        if obj is not None and not request.user.is_superuser and (obj == request.user or obj.is_superuser):
            return False
        return super().has_change_permission(request, obj)

    actions = ("reset_second_factor",)

    @admin.action(description="重置动态口令", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        """For who lost phone and recovery codes; sets up anew at the next sign-in."""
        for user in queryset:
            if not self.has_change_permission(request, user):
                self.message_user(request, f"{user}：不能由您重置", messages.ERROR)
                continue
            actions.reset_second_factor(user=user, by=request.user)
            self.message_user(request, f"{user}：动态口令已重置", messages.SUCCESS)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """A change of rights ends the account's sessions: the next one begins with the new rights."""
        super().save_related(request, form, formsets, change)
        rights = {"is_active", "groups"} & set(form.changed_data)
        if change and (rights or any(formset.has_changed() for formset in formsets)):
            actions.end_sessions(sign_ins=SignIn.objects.filter(user=form.instance), by=request.user)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Passwords of staff only: whoever knew a portal user's password could act in that person's name."""
        user = self.get_object(request, unquote(id))
        if user is not None and not user.is_staff:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are disabled, never deleted: cases and history name them."""
        return False


@admin.register(Individual)
class IndividualAdmin(ReadOnlyAdmin):
    """Individuals, to look at; the counter verifies an identity by an action."""

    show_id_no = masked("id_no", "证件号码", identifiers.mask_id)
    show_mobile = masked("user.mobile", "手机号", identifiers.mask_mobile)
    digest_search_fields = ("id_no_digest", "user__mobile_digest")
    list_display = ("name", "show_id_no", "show_mobile", "level", "education")
    list_filter = ("level", "education")
    list_select_related = ("user",)
    search_fields = ("name",)
    search_help_text = "姓名，或完整的证件号码、手机号"
    ordering = ("-pk",)
    fields = (
        "name",
        "id_type",
        "show_id_no",
        "level",
        "sex",
        "birth_date",
        "nation",
        "show_mobile",
        "household_region",
        "education",
        "degree",
        "school",
        "graduated_on",
        "major",
        "unemployed_on",
    )
    actions = ("verify_at_counter",)

    @admin.action(description="窗口核验身份（实名5级）", permissions=["change"])
    def verify_at_counter(self, request: HttpRequest, queryset: models.QuerySet[Individual]) -> None:
        """The person showed the document at the counter."""
        for individual in queryset:
            try:
                actions.verify_individual(individual=individual, by=request.user)
            except IntegrityError as error:
                self.message_user(request, f"{individual.name}：{explain(error)}", messages.ERROR)
            else:
                self.message_user(request, f"{individual.name}：已核验", messages.SUCCESS)


class HandlerInline(admin.StackedInline):
    """Who acts for the unit."""

    model = Handler
    fields = readonly_fields = ("name", "role", "user", "started_at", "ended_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    """Units, to look at; staff verify licence and authorisation letter by an action (A2)."""

    region_field = "handling_region"
    show_representative_id_no = masked("legal_representative_id_no", "法定代表人证件号码", identifiers.mask_id)
    digest_search_fields = ("legal_representative_id_no_digest",)
    list_display = ("name", "uscc", "legal_person_type", "handling_region", "level")
    list_filter = ("level", "legal_person_type", "unit_type")
    list_select_related = ("handling_region",)
    search_fields = ("name", "uscc")
    search_help_text = "单位名称、统一社会信用代码，或完整的法定代表人证件号码"
    ordering = ("-pk",)
    inlines = (HandlerInline,)
    fields = (
        "name",
        "uscc",
        "legal_person_type",
        "level",
        "legal_representative",
        "legal_representative_id_type",
        "show_representative_id_no",
        "unit_type",
        "registration_type",
        "industry",
        "affiliation",
        "registered_address",
        "office_address",
        "region",
        "handling_region",
        "founded_on",
        "registered_capital",
        "employee_count",
        "insured_count",
        "business_scope",
        "created_at",
    )
    actions = ("verify_at_counter",)

    @admin.action(description="已核验登记证书和授权委托书（实名5级）", permissions=["change"])
    def verify_at_counter(self, request: HttpRequest, queryset: models.QuerySet[Unit]) -> None:
        """Licence and authorisation letter were seen."""
        for unit in queryset:
            actions.verify_unit(unit=unit, by=request.user)
        self.message_user(request, "已核验", messages.SUCCESS)


@admin.register(BankAccount)
class BankAccountAdmin(ScopedAdmin):
    """Bank accounts, the last four digits only."""

    region_field = "unit__handling_region"
    show_account_no = masked("account_no", "账号", identifiers.mask_account)
    digest_search_fields = ("account_no_digest",)
    list_display = ("holder", "bank", "show_account_no", "ended_at")
    search_fields = ("holder",)
    search_help_text = "开户名称，或完整的账号"
    ordering = ("-pk",)
    fields = ("individual", "unit", "holder", "bank", "branch", "cnaps", "show_account_no", "created_at", "ended_at")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Who agreed to which text, in which version."""

    list_display = ("user", "kind", "version", "given_at", "withdrawn_at")
    list_filter = ("kind", "version")
    list_select_related = ("user",)
    search_fields = ("user__name",)
    ordering = ("-pk",)
    fields = ("user", "kind", "version", "given_at", "withdrawn_at", "address")


# What allauth keeps for itself is nobody's to read or to type; groups are registered anew below.
for model in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, Group):
    admin.site.unregister(model)


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Groups are code (accounts.roles): shown, never edited."""

    list_display = ("name",)
    fields = readonly_fields = ("name", "permissions")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False
