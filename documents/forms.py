"""Forms of verification and revocation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documents.verification import MAX_FILE_MB


class CodeForm(forms.Form):
    """By the code that is printed on the document."""

    code = forms.CharField(
        label="验证码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="证明下方的16位字母和数字，空格可以不输",
        error_messages={"required": "请输入证明上的验证码"},
    )


class FileForm(forms.Form):
    """By the file itself."""

    file = forms.FileField(
        label="证明文件",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
        help_text=f"从本网厅下载的PDF原文件，不超过{MAX_FILE_MB}MB；文件仅用于核验，不会保存",
        error_messages={"required": "请选择要核验的PDF文件", "empty": "文件是空的，请重新选择"},
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > MAX_FILE_MB * 1024 * 1024:
            raise ValidationError(f"文件超过{MAX_FILE_MB}MB，不是本网厅出具的证明，请重新选择")
        return found


class RevokeForm(forms.Form):
    """Why a document is revoked."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明事实和依据，仅工作人员可见；公开核验只显示已撤销和日期",
        error_messages={"required": "请填写撤销原因"},
    )
