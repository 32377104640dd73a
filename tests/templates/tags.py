"""What single tags read, and the names that they give."""

from collections.abc import Callable, Mapping
from typing import Any

from django.template import defaulttags as tags
from django.template.base import Node, VariableNode
from django.template.library import InclusionNode, SimpleNode
from django.templatetags.static import StaticNode
from django.urls import get_resolver
from django.utils.safestring import SafeString

from tests.templates.annotations import Kind, UnresolvedError, result_of
from tests.templates.expressions import check_arguments, check_shown
from tests.templates.problems import Compiled, Problem
from tests.templates.scope import Scope

Given = dict[str, Kind]


def nothing(_node: Compiled, _scope: Scope) -> Given:
    return {}


def shown(node: Compiled, scope: Scope) -> Given:
    kind = scope.kind(node, node.filter_expression)
    try:
        if kind is not None:
            check_shown(kind)
    except UnresolvedError as reason:
        scope.problems.append(Problem.at(node, node.filter_expression, reason))
    return {}


def address(node: Compiled, scope: Scope) -> Given:
    scope.kinds(node, [node.view_name, *node.args, *node.kwargs.values()])
    name = node.view_name.var
    if isinstance(name, str) and name not in get_resolver().reverse_dict:
        scope.problems.append(Problem.at(node, name, "no address has this name"))
    return _given(node.asvar, SafeString)


def static(node: Compiled, scope: Scope) -> Given:
    scope.kind(node, node.path)
    return _given(node.varname, str)


def cycle(node: Compiled, scope: Scope) -> Given:
    scope.kinds(node, node.cyclevars)
    return _given(node.variable_name, SafeString)


def first_of(node: Compiled, scope: Scope) -> Given:
    scope.kinds(node, node.vars)
    return _given(node.asvar, SafeString)


def width_ratio(node: Compiled, scope: Scope) -> Given:
    scope.kinds(node, [node.val_expr, node.max_expr, node.max_width])
    return _given(node.asvar, str)


def regroup(node: Compiled, scope: Scope) -> Given:
    groups = scope.groups(node)
    return {} if groups is None else {node.var_name: groups}


def csrf_token(node: Compiled, scope: Scope) -> Given:
    if "csrf_token" not in scope.names:
        scope.problems.append(Problem.at(node, "csrf_token", "nobody gives it here"))
    return {}


def inclusion(node: Compiled, scope: Scope) -> Given:
    reason = "use {% include %}, whose names have types"
    scope.problems.append(Problem.at(node, node.func.__name__, reason))
    return {}


def function(node: Compiled, scope: Scope) -> Given:
    """A tag that is a function, of Django or of ours."""
    arguments = scope.kinds(node, node.args)
    named = scope.named(node, node.kwargs)
    if None in (*arguments, *named.values()):
        return {}
    if node.func.__module__.startswith(("django.", "django_htmx.")):
        return _given(node.target_var, SafeString)
    try:
        context = [Any] if node.takes_context else []
        check_arguments(node.func, [*context, *arguments], named)
        kind = result_of(node.func)
    except UnresolvedError as reason:
        scope.problems.append(Problem.at(node, node.func.__name__, reason))
        return {}
    return _given(node.target_var, kind)


def _given(name: str | None, kind: Kind) -> Given:
    return {} if name is None else {name: kind}


TAGS: Mapping[type[Node], Callable[[Compiled, Scope], Given]] = {
    VariableNode: shown,
    tags.URLNode: address,
    StaticNode: static,
    tags.CycleNode: cycle,
    tags.FirstOfNode: first_of,
    tags.WidthRatioNode: width_ratio,
    tags.RegroupNode: regroup,
    tags.CsrfTokenNode: csrf_token,
    InclusionNode: inclusion,
    SimpleNode: function,
    tags.CommentNode: nothing,
    tags.LoadNode: nothing,
    tags.NowNode: nothing,
    tags.ResetCycleNode: nothing,
    tags.TemplateTagNode: nothing,
    tags.VerbatimNode: nothing,
}
