"""The forms by which instructors name runs; all times are UTC."""

from datetime import datetime
from typing import Any

from django import forms

from dashboard.models import LONGEST_NAME


class SingleLineField(forms.CharField):
    """Each run of blanks is one."""

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).split())


class RunNameForm(forms.Form):
    name = SingleLineField(max_length=LONGEST_NAME)


class NewRunForm(forms.Form):
    """Without `began` it is now, without `ended` a moment, without `name` it gets its time's."""

    name = SingleLineField(max_length=LONGEST_NAME, required=False)
    began = forms.DateTimeField(required=False)
    ended = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        began, ended = cleaned.get("began"), cleaned.get("ended")
        if "began" in self.errors or "ended" in self.errors:
            return cleaned
        if ended and not began:
            self.add_error("began", "Say from when, too.")
        elif began and began > self.now:
            self.add_error("began", "This time is in the future.")
        elif began and ended and ended < began:
            self.add_error("ended", "It would end before it begins.")
        return cleaned | {"began": began or self.now}
