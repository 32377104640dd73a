"""What Django and Python do not annotate: the types of what templates use of their classes."""

from collections import abc
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser, AnonymousUser, User
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator
from django.db.models import Choices, Manager, QuerySet
from django.forms import BaseForm, BoundField
from django.forms.boundfield import BoundWidget
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest
from django.utils.safestring import SafeString

from tests.templates.annotations import Kind

ELEMENT = TypeVar
"""Stands in `FRAMEWORK` for what a class is a sequence of."""
USER: Mapping[str, Kind] = {
    "is_authenticated": bool,
    "is_anonymous": bool,
    "is_staff": bool,
    "username": str,
    "get_username": str,
}
ROWS: Mapping[str, Kind] = {
    "all": Self,
    "count": int,
    "exists": bool,
    "first": ELEMENT | None,
    "last": ELEMENT | None,
}

FRAMEWORK: Mapping[type, Mapping[str, Kind]] = {
    HttpRequest: {
        "path": str,
        "method": str,
        "get_full_path": str,
        "user": User | AnonymousUser,
    },
    AbstractBaseUser: USER,
    AbstractUser: {"get_full_name": str, "get_short_name": str},
    AnonymousUser: USER,
    Message: {"message": str, "tags": str, "level": int, "level_tag": str},
    Page: {
        "number": int,
        "paginator": Paginator,
        "object_list": Sequence[ELEMENT],
        "has_other_pages": bool,
        "has_next": bool,
        "has_previous": bool,
        "next_page_number": int,
        "previous_page_number": int,
        "start_index": int,
        "end_index": int,
    },
    Paginator: {"count": int, "num_pages": int, "per_page": int, "page_range": range},
    QuerySet: ROWS,
    Manager: ROWS,
    BaseForm: {
        "errors": ErrorDict,
        "non_field_errors": ErrorList,
        "is_bound": bool,
        "hidden_fields": list[BoundField],
        "visible_fields": list[BoundField],
    },
    BoundField: {
        "errors": ErrorList,
        "value": str | None,
        "label": str,
        "name": str,
        "html_name": str,
        "help_text": str,
        "id_for_label": str,
        "auto_id": str,
        "is_hidden": bool,
        "label_tag": SafeString,
    },
    ErrorDict: {"items": abc.ItemsView[str, ErrorList], "values": abc.ValuesView[ErrorList]},
    ErrorList: {"as_ul": SafeString, "as_text": str},
    Enum: {"name": str},
    Choices: {"label": str},
    timedelta: {"days": int, "seconds": int, "total_seconds": float},
    date: {"year": int, "month": int, "day": int, "isoformat": str},
    datetime: {"hour": int, "minute": int, "date": date, "timestamp": float},
    Fraction: {"numerator": int, "denominator": int},
    str: {**dict.fromkeys(("lower", "upper", "title", "strip"), str), "splitlines": list[str]},
}
ELEMENTS: Mapping[type, Kind] = {
    str: str,
    range: int,
    BaseForm: BoundField,
    BoundField: BoundWidget,
    ErrorList: str,
}
