"""What an instructor says of a run or a schedule; all times are UTC."""

from datetime import datetime
from typing import Any

from django import forms

from dashboard.history.runs.schedule import WEEK
from dashboard.models import LONGEST_NAME, LONGEST_SCHEDULE, RunSchedule

WEEKDAYS = tuple(
    enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
)


class Words(forms.CharField):
    """Each run of blanks is one."""

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).split())


class RunName(forms.Form):
    name = Words(max_length=LONGEST_NAME)


class NewRun(forms.Form):
    """Without `began` it is now, without `ended` a moment, without `name` it gets its time's."""

    name = Words(max_length=LONGEST_NAME, required=False)
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
            self.add_error("began", "This is still to come: a schedule names what will be.")
        elif began and ended and ended < began:
            self.add_error("ended", "It would end before it begins.")
        return cleaned | {"began": began or self.now}


class NewSchedule(forms.Form):
    name = Words(max_length=LONGEST_SCHEDULE)
    weekday = forms.TypedChoiceField(choices=WEEKDAYS, coerce=int, initial=0)
    time = forms.TimeField()
    minutes = forms.IntegerField(min_value=0, max_value=WEEK.days * 24 * 60, initial=0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        alike = {key: cleaned.get(key) for key in ("name", "weekday", "time")}
        if not self.errors and RunSchedule.objects.filter(**alike).exists():
            self.add_error("name", "There is one of this name at this time already.")
        return cleaned
