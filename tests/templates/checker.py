"""Walks the compiled nodes of templates, with the types of the names that each of them sees."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.template import Engine, Template, TemplateDoesNotExist
from django.template import defaulttags as tags
from django.template.base import Node, TextNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode

from tests.templates.annotations import Kind
from tests.templates.expressions import Names
from tests.templates.paths import paths
from tests.templates.problems import Compiled, Problem
from tests.templates.scope import Scope, Super
from tests.templates.tags import TAGS

LITERALS: Names = {"True": bool, "False": bool, "None": type(None)}
Blocks = Mapping[str, tuple[Compiled, ...]]
"""By name what a page puts into the blocks of what it extends, the page's own first."""


@dataclass(frozen=True)
class Checker:
    """Finds what does not resolve, and remembers with which names each template was seen."""

    engine: Engine
    names: Names
    """What context processors give."""
    instead: Mapping[str, Template] = field(default_factory=dict)
    """Templates that stand for those of the same name."""
    seen: dict[str, dict[frozenset[tuple[str, Kind]], list[Problem]]] = field(default_factory=dict)
    """By template, by the names it was included with, what was found."""
    heirs: dict[str, set[str]] = field(default_factory=dict)
    """By template those that extend it."""

    def check_page(self, template: str, page: Kind | None) -> list[Problem]:
        """A page, by the class that `page` is in it; an error page has none."""
        given = {} if page is None else {"page": page}
        return self.check(template, {**LITERALS, **self.names, **given})

    def check(self, template: str, names: Names) -> list[Problem]:
        """A template, as a page or as a part of one."""
        known = self.seen.setdefault(template, {})
        key = frozenset(names.items())
        if key not in known:
            known[key] = []  # for one that includes itself
            known[key] = self._again(template, names)
        return known[key]

    def is_wrong(self, template: str) -> bool:
        """Whether something does not resolve wherever it was seen, or where it is extended."""
        return any(
            self._again(template, dict(names)) for names in self.seen.get(template, {})
        ) or any(self.is_wrong(heir) for heir in self.heirs.get(template, ()))

    def _again(self, template: str, names: Names) -> list[Problem]:
        scope = Scope(names)
        self._template(self._load(template), scope, {})
        return scope.problems

    def _load(self, template: str) -> Template:
        return self.instead.get(template) or self.engine.get_template(template)

    def _template(self, template: Template, scope: Scope, blocks: Blocks) -> None:
        extends = next((each for each in template.nodelist if isinstance(each, ExtendsNode)), None)
        if extends is None:
            lists = [
                template.nodelist,
                *(block.nodelist for own in blocks.values() for block in own),
            ]
            placed = {each.name for nodes in lists for each in nodes.get_nodes_by_type(BlockNode)}
            for name in blocks.keys() - placed:
                reason = "no template that it extends has this block"
                scope.problems.append(Problem.at(blocks[name][0], name, reason))
            self._nodes(template.nodelist, scope, blocks)
            return
        parent = str(extends.parent_name)[1:-1]
        self.seen.setdefault(parent, {})
        self.heirs.setdefault(parent, set()).add(str(template.name))
        own = {name: (*blocks.get(name, ()), block) for name, block in extends.blocks.items()}
        self._template(self._load(parent), scope, {**blocks, **own})

    def _nodes(self, nodes: Iterable[Compiled], scope: Scope, blocks: Blocks) -> None:
        for node in nodes:
            structure, tag = STRUCTURES.get(type(node)), TAGS.get(type(node))
            if structure:
                structure(self, node, scope, blocks)
            elif tag:
                scope = scope.with_names(**tag(node, scope))
            elif not isinstance(node, TextNode):
                reason = "the checker does not know this tag"
                scope.problems.append(Problem.at(node, type(node).__name__, reason))

    def _inside(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        self._nodes(node.nodelist, scope, blocks)

    def _if(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        for condition, inside in node.conditions_nodelists:
            scope.condition(node, condition)
            self._nodes(inside, scope, blocks)

    def _if_changed(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        scope.kinds(node, node._varlist)  # noqa: SLF001
        self._nodes(node.nodelist_true, scope, blocks)
        self._nodes(node.nodelist_false, scope, blocks)

    def _for(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        inner = scope.loop(node)
        if inner:
            self._nodes(node.nodelist_loop, inner, blocks)
        self._nodes(node.nodelist_empty, scope, blocks)

    def _with(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        given = scope.named(node, node.extra_context)
        if None not in given.values():
            self._nodes(node.nodelist, scope.with_names(**given), blocks)

    def _block(self, node: Compiled, scope: Scope, blocks: Blocks) -> None:
        """All that stands in a block, also what another replaces."""
        for each in (*blocks.get(node.name, ()), node):
            self._nodes(each.nodelist, scope.with_names(block=Super), blocks)

    def _include(self, node: Compiled, scope: Scope, _blocks: Blocks) -> None:
        given = scope.named(node, node.extra_context)
        template = node.template.var
        if not isinstance(template, str):
            reason = "the name of a part has to be a constant"
            scope.problems.append(Problem.at(node, template, reason))
        elif None not in given.values():
            outer = LITERALS if node.isolated_context else scope.names
            try:
                scope.problems.extend(self.check(str(template), {**outer, **given}))
                unread = sorted(given.keys() - self._reads(str(template)))
            except TemplateDoesNotExist:
                scope.problems.append(Problem.at(node, template, "there is no such template"))
            else:
                reason = f"{template} reads no such name"
                scope.problems.extend(Problem.at(node, name, reason) for name in unread)

    def _reads(self, template: str) -> set[str]:
        """Names that a part reads, or a part of it."""
        loaded = self._load(template)
        found = {path.partition(".")[0] for _, path in paths(str(loaded.source))}
        nodes: list[Compiled] = loaded.nodelist.get_nodes_by_type(IncludeNode)
        inner = [str(each.template.var) for each in nodes if not each.isolated_context]
        return found.union(*map(self._reads, inner))


STRUCTURES: Mapping[type[Node], Callable[[Checker, Compiled, Scope, Blocks], None]] = {
    tags.AutoEscapeControlNode: Checker._inside,  # noqa: SLF001
    tags.SpacelessNode: Checker._inside,  # noqa: SLF001
    tags.IfNode: Checker._if,  # noqa: SLF001
    tags.IfChangedNode: Checker._if_changed,  # noqa: SLF001
    tags.ForNode: Checker._for,  # noqa: SLF001
    tags.WithNode: Checker._with,  # noqa: SLF001
    BlockNode: Checker._block,  # noqa: SLF001
    IncludeNode: Checker._include,  # noqa: SLF001
}
