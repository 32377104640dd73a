"""What the fields of Django's models hold."""

import types
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel

from tests.templates.annotations import Kind, UnresolvedError, join

HOLDS: Mapping[Any, Kind] = {
    models.CharField: str,
    models.TextField: str,
    models.GenericIPAddressField: str,
    models.BooleanField: bool,
    models.IntegerField: int,
    models.FloatField: float,
    models.DecimalField: Decimal,
    models.DateTimeField: datetime,
    models.DateField: date,
    models.TimeField: time,
    models.DurationField: timedelta,
    models.UUIDField: UUID,
}


def field_type(model: type[models.Model], name: str) -> Kind | None:
    """What a model's row has under this name; `None` where it is not one of its columns."""
    meta = model._meta  # noqa: SLF001
    if name == "pk":
        return field_type(model, meta.pk.name)
    for field in meta.get_fields():
        if isinstance(field, models.Field):
            if name == f"get_{field.name}_display" and field.choices:
                return str
            if field.is_relation and name == field.attname and name != field.name:
                return _optional(field, field_type(field.related_model, "pk"))  # type: ignore[arg-type]
            if name == field.name:
                return _optional(field, _held(field))
        elif isinstance(field, ForeignObjectRel) and name == field.get_accessor_name():
            return _related(field)
    return None


def _held(field: Any) -> Kind:
    if field.many_to_many:
        return types.GenericAlias(models.Manager, (field.related_model,))
    if field.is_relation:
        return field.related_model
    for base in type(field).__mro__:
        if base in HOLDS:
            return HOLDS[base]
    raise UnresolvedError(f"{field} holds a value of no known type")


def _optional(field: Any, kind: Kind) -> Kind:
    return join((kind, None)) if field.null else kind


def _related(field: Any) -> Kind:
    if field.one_to_one:
        return field.related_model
    manager = type(field.related_model._default_manager)  # noqa: SLF001
    return types.GenericAlias(manager, (field.related_model,))


def model_of(rows: type) -> type[models.Model]:
    """Whose rows a queryset of this class has: Django forgets what it is generic in."""
    for model in apps.get_models():
        manager = model._default_manager  # noqa: SLF001
        is_its = rows in (type(manager), getattr(manager, "_queryset_class", None))
        if is_its and rows not in (models.Manager, models.QuerySet):
            return model
    raise UnresolvedError(f"{rows.__name__} says not of which model: annotate a sequence")
