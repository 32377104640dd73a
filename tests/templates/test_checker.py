"""The checker: what a template misspells is found in each kind of node."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import pytest
from django import forms, template
from django.core.paginator import Page
from django.db.models import TextChoices
from django.template import Engine

from dashboard.models import Namespace, Snapshot
from tests.templates.checker import Checker
from tests.templates.misspelling import misspellings, survivors
from tests.templates.pages import NAMES

Thing = TypeVar("Thing")


class Colour(TextChoices):
    RED = "red", "Red"


class Shape(enum.StrEnum):
    ROUND = "round"

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.value


class Pair(NamedTuple):
    left: "Other"
    right: int


@dataclass(frozen=True)
class Other:
    name: str
    since: datetime
    kin: "Other | None" = None


@dataclass(frozen=True)
class Another:
    name: str
    age: int


@dataclass(frozen=True)
class Box(Generic[Thing]):
    content: Thing

    def first(self) -> Thing:
        return self.content


class Form(forms.Form):
    began = forms.DateTimeField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    template: ClassVar[str] = "sample.html"
    other: Other
    perhaps: Other | None
    either: Other | Another | None
    others: Sequence[Other]
    pairs: tuple[Pair, ...]
    both: tuple[Other, int]
    by_name: Mapping[str, Other]
    box: Box[Other]
    form: Form
    listed: Page[Other]
    namespace: Namespace
    snapshot: Snapshot
    colour: Colour
    shape: Shape
    length: timedelta
    loose: Any
    loose_map: Mapping[str, Any]
    bare: list  # type: ignore[type-arg]

    @property
    def lead(self) -> Other:
        return self.other

    def newest(self) -> Other:
        return self.other

    def named(self, name: str) -> Other:
        return self.by_name[name]

    def unsaid(self):  # type: ignore[no-untyped-def]
        return self.other


register = template.Library()


@register.filter
def clock(moment: datetime) -> str:
    return str(moment)


@register.simple_tag
def student(name: str, login: str) -> str:
    return name or login


@register.filter
def untyped(moment: datetime):  # type: ignore[no-untyped-def]
    return moment


PARTS = {
    "part.html": "{{ each.name }}",
    "base.html": "{% block body %}{% endblock %}{% block foot %}{{ page.lead.name }}{% endblock %}",
}


def checker_of(text: str) -> Checker:
    """A checker of a page of `Sample` that has this text."""
    loader = ("django.template.loaders.locmem.Loader", {**PARTS, "sample.html": text})
    samples = Engine(loaders=[loader])
    samples.template_builtins.append(register)
    return Checker(samples, NAMES)


def reasons(text: str) -> list[str]:
    """What is wrong with such a page."""
    return [str(problem) for problem in checker_of(text).check_page("sample.html", Sample)]


NESTED = """{% for a in page.pairs %}
    {% for b in a %}{{ forloop.parentloop.last }}{% endfor %}
{% endfor %}"""
REGROUPED = """{% regroup page.others by name as groups %}
    {% for each in groups %}{{ each.grouper }}{{ each.list.0.name }}{% endfor %}"""
GOOD = (
    "{{ page.other.name }} {{ page.lead.name }} {{ page.newest.name }}",
    "{{ page.perhaps.name }} {{ page.perhaps.kin.kin.name }} {{ page.either.name }}",
    "{{ page.both.0.name }} {{ page.both.1 }} {{ page.pairs.0.left.name }}",
    "{% for each in page.others %}{{ each.name }}{{ forloop.counter }}{% endfor %}",
    NESTED,
    "{% for left, right in page.pairs %}{{ left.name }}{{ right }}{% endfor %}",
    "{% for name, each in page.by_name.items %}{{ name.upper }}{{ each.name }}{% endfor %}",
    "{% for each in page.by_name.values %}{{ each.name }}{% endfor %}",
    "{% for name in page.by_name %}{{ name }}{% endfor %}",
    "{{ page.box.content.name }} {{ page.box.first.name }}",
    "{{ page.form.began.errors }} {{ page.form.began.value|default_if_none:'' }}",
    "{% for field in page.form %}{{ field.id_for_label }}{{ field }}{% endfor %}",
    "{{ page.form.non_field_errors }} {% for e in page.form.began.errors %}{{ e }}{% endfor %}",
    "{% for each in page.listed %}{{ each.name }}{% endfor %} {{ page.listed.paginator.count }}",
    "{% for each in page.listed.object_list %}{{ each.name }}{% endfor %}",
    "{{ page.namespace.name }} {{ page.namespace.pk }} {{ page.snapshot.namespace.student }}",
    "{% for each in page.namespace.snapshots.all %}{{ each.first_seen|date:'c' }}{% endfor %}",
    "{{ page.snapshot.namespace_id }} {{ page.namespace.snapshots.first.namespace.name }}",
    "{{ page.colour.label }} {{ page.colour.value }} {{ page.shape.title }} {{ page.shape }}",
    "{{ page.length.total_seconds|floatformat:0 }} {{ page.others|length }}",
    "{% with it=page.others|first %}{{ it.name }}{% endwith %}",
    "{{ page.other.since|clock }} {% student page.other.name 'x' as it %}{{ it.upper }}",
    "{% if user.is_authenticated and request.path %}{{ user.get_username }}{% endif %}",
    "{% include 'part.html' with each=page.other only %}",
    "{% for each in page.others %}{% include 'part.html' %}{% endfor %}",
    "{% url 'namespace' page.namespace.name as address %}{{ address }}",
    "{% querystring page=page.listed.number %}",
    "{% firstof page.other.name page.lead.name as name %}{{ name }}",
    REGROUPED,
    "{% extends 'base.html' %}{% block body %}{{ block.super }}{{ page.lead.name }}{% endblock %}",
    "{% if page.loose_map %}{{ page.loose_map|json_script:'it' }}{% endif %}",
)
"""What resolves; each attribute in it misspelt does not."""


@pytest.mark.parametrize("text", GOOD)
def test_what_resolves_is_not_complained_of(text: str) -> None:
    assert reasons(text) == []


@pytest.mark.parametrize("text", GOOD)
def test_each_misspelling_is_found(text: str) -> None:
    checker = checker_of(text)
    assert checker.check_page("sample.html", Sample) == []
    found = list(survivors(checker, "sample.html"))
    assert found
    assert [place for lives, place in found if lives] == []


BAD = (
    ("{{ name }}", "nobody gives name"),
    ("{{ page.nme }}", "Sample has no nme"),
    ("{{ page.either.age }}", "Other has no age"),
    ("{{ page.named }}", "Sample.named takes name"),
    ("{{ page.loose }}", "its type is not known"),
    ("{{ page.loose.name }}", "its type is not known"),
    ("{{ page.loose_map.name }}", "nobody checks the keys of"),
    ("{{ page.by_name.name }}", "nobody checks the keys of"),
    ("{% for n, each in page.loose_map.items %}{{ each }}{% endfor %}", "its type is not known"),
    ("{{ page.unsaid }}", "Sample.unsaid says not what it returns"),
    ("{% for each in page.bare %}{% endfor %}", "list says not of what"),
    ("{% for each in page.other %}{% endfor %}", "Other is nothing to loop over"),
    ("{% for a, b, c in page.pairs %}{% endfor %}", "Pair has 2 parts, not 3"),
    ("{{ page.both.2 }}", "has 2 parts"),
    ("{% if page.other.nme %}{% endif %}", "Other has no nme"),
    ("{% if True or page.other.nme == 1 %}{% endif %}", "Other has no nme"),
    ("{% if not page.lead %}{% elif page.nme in page.others %}{% endif %}", "Sample has no nme"),
    ("{{ page.other.name|default:page.nme }}", "Sample has no nme"),
    ("{% with it=page.nme %}{% endwith %}", "Sample has no nme"),
    ("{% include 'part.html' with each=page.nme %}", "Sample has no nme"),
    ("{% include 'part.html' %}", "part.html:1: each.name: nobody gives each"),
    ("{% for each in page.others %}{% include 'part.html' only %}{% endfor %}", "nobody gives"),
    ("{% include 'part.html' with each=page.namespace.snapshots %}", "part.html:1: each.name"),
    ("{% include page.other.name %}", "has to be a constant"),
    ("{% include 'part.html' with each=page.lead ech=page.lead %}", "ech: part.html reads no"),
    ("{% include 'missing.html' %}", "there is no such template"),
    ("{% url 'namespace' page.nme %}", "Sample has no nme"),
    ("{% url 'nmespace' page.lead.name %}", "no address has this name"),
    ("{% querystring page=page.nme %}", "Sample has no nme"),
    ("{% firstof page.nme page.lead.name %}", "Sample has no nme"),
    ("{% for o in page.others %}{% cycle 'a' page.nme %}{% endfor %}", "Sample has no nme"),
    ("{% for o in page.others %}{{ forloop.lst }}{% endfor %}", "ForLoop has no lst"),
    ("{% for o in page.others %}{% empty %}{{ page.nme }}{% endfor %}", "Sample has no nme"),
    ("{% regroup page.others by nme as names %}", "Other has no nme"),
    ("{% ifchanged page.nme %}{% endifchanged %}", "Sample has no nme"),
    ("{% widthratio page.nme 1 2 %}", "Sample has no nme"),
    ("{% spaceless %}{{ page.nme }}{% endspaceless %}", "Sample has no nme"),
    ("{% extends 'base.html' %}{% block bdy %}{% endblock %}", "bdy: no template"),
    ("{% extends 'base.html' %}{% block body %}{{ page.nme }}{% endblock %}", "Sample has no nme"),
    ("{{ page.length|clock }}", "clock takes datetime as moment, not timedelta"),
    ("{% student page.other.nme 'x' %}", "Other has no nme"),
    ("{% student page.other 'x' %}", "student takes str as name, not Other"),
    ("{{ page.other.since|untyped }}", "untyped says not what it returns"),
    ("{{ page.other }}", "a page would show the Other as Python writes it"),
    ("{{ page.others }}", "a page would show"),
    ("{{ page.length|length }}", "timedelta has no length"),
    ("{{ page.form.bgan.errors }}", "Form has no bgan"),
    ("{{ page.form.began.erors }}", "BoundField has no erors"),
    ("{{ page.listed.has_nxt }}", "Page[Other] has no has_nxt"),
    ("{{ page.snapshot.namespace.nme }}", "Namespace has no nme"),
    ("{{ page.namespace.labels }}", "holds a value of no known type"),
    ("{{ page.colour.labl }}", "Colour has no labl"),
    ("{{ user.get_usrname }}", "User has no get_usrname"),
    ("{{ request.pth }}", "LiveRequest has no pth"),
)


@pytest.mark.parametrize(("text", "reason"), BAD)
def test_what_does_not_resolve_is_found(text: str, reason: str) -> None:
    assert any(reason in found for found in reasons(text)), reasons(text)


def test_a_problem_says_where_it_is() -> None:
    assert reasons("\n{{ page.lead.nme }}") == ["sample.html:2: page.lead.nme: Other has no nme"]


def test_strings_and_comments_and_bound_names_are_not_misspelt() -> None:
    text = "{# a.b #}{% comment %}{{ a }}{% endcomment %}{% for a in b %}{% url 'c' d as e %}"
    text += '{% include "f" with g=h.i only %}{{ j|k:l.m }}{{ "n" }}{% if o == 1 and not p %}'
    wrong = [path for _, path, _ in misspellings(text)]
    assert wrong == ["bx", "dx", "hx.i", "h.ix", "jx", "lx.m", "l.mx", "ox", "px"]
