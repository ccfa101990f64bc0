"""The list of rules: each has a stable code, a page of text, and a function that looks at one deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.xcom.model import Change, FieldName, Node, Severity
from rea_xcom_tui.xcom.rules.examples import azure, example
from rea_xcom_tui.xcom.rules.settings import RuleSettings

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.rules.shape import Gate, Shape
    from rea_xcom_tui.xcom.rules.subject import Subject

FAMILIES = {
    "XC1": "Backend",
    "XC2": "Path",
    "XC3": "Threshold",
    "XC4": "Compression",
    "XC5": "Connection",
    "XC6": "Identity",
    "XC7": "Kubernetes and Helm",
    "XC8": "Secrets in plain text",
    "XC9": "Ignores and policies",
}
"""The families by the first three characters of their codes, in the order of the documentation."""

_FIELDS: dict[str, FieldName] = {
    "XC1": "backend",
    "XC2": "path",
    "XC3": "threshold",
    "XC4": "compression",
    "XC5": "connection",
    "XC6": "identity",
}
"""The field that a family is about, where it is about one."""


class Hit(msgspec.Struct, frozen=True, gc=False):
    """What a rule saw at one place of one values file."""

    line: int
    column: int
    message: str
    fix: tuple[Change, ...] = ()
    severity: Severity | None = None
    """Only where the place makes the rule's usual severity wrong."""
    layer: int = 0
    """Which of the deployment's layers the place is in."""


Checker = Callable[["Subject"], Iterator[Hit]]
"""Yields what a rule sees in one deployment; never raises for anything a values file can hold."""


class Rule(msgspec.Struct, frozen=True):
    """One rule. Codes and names are stable: configuration files and comments refer to them."""

    code: str
    name: str
    severity: Severity
    field: FieldName | None
    title: str
    """What is wrong, in a few words."""
    what: str
    """When the rule fires, exactly."""
    why: str
    """What happens in production."""
    wrong: str
    """A values file that fires the rule."""
    right: str
    """The same file put right; no rule fires an error or a warning on it."""
    source: str
    """Where the facts come from."""
    versions: str = ""
    """What depends on the version of Airflow, the agent or Helm, if anything."""
    check: Checker | None = None
    """None where the whole fleet, a comment or a policy decides."""
    settings: RuleSettings | None = None
    """The repo's settings that the examples need, if any."""
    when: Gate | None = None
    """In which shapes it may see something; None for a rule that is always asked."""

    @property
    def family(self) -> str:
        """The title of the rule's family."""
        return FAMILIES[self.code[:3]]


_RIGHT = example()
_RIGHTS = {"XC5": azure()}
"""The right example of a family's rules, where that is not the plain one."""

_RULES: dict[str, Rule] = {}
_BY_NAME: dict[str, Rule] = {}
_IN_ORDER: tuple[Rule, ...] = ()


def rule(
    code: str,
    severity: Severity,
    *,
    title: str,
    what: str,
    why: str,
    wrong: str,
    right: str | None = None,
    source: str,
    versions: str = "",
    field: FieldName | None = None,
    when: Gate | None = None,
) -> Callable[[Checker], Checker]:
    """Register the decorated function as the check of the rule that has its name (`backend_unset`: backend-unset).

    `right` and `field` are the right example, and what the rule is about, where these are not its family's.
    """

    def register(check: Checker) -> Checker:
        name = check.__name__.replace("_", "-")
        of, good = field or _FIELDS.get(code[:3]), right or _RIGHTS.get(code[:3], _RIGHT)
        add(Rule(code, name, severity, of, title, what, why, wrong, good, source, versions, check, when=when))
        return check

    return register


def add(new: Rule) -> None:
    """Register a rule. Raises ValueError for a code or name that is taken or belongs to no family."""
    if new.code in _RULES or new.name in _BY_NAME:
        raise ValueError(f"{new.code} {new.name} is registered twice")
    if new.code[:3] not in FAMILIES:
        raise ValueError(f"{new.code} belongs to no family")
    _RULES[new.code] = _BY_NAME[new.name] = new
    concerned.cache_clear()


def rules() -> tuple[Rule, ...]:
    """Every rule in the order of the codes."""
    global _IN_ORDER
    if len(_IN_ORDER) != len(_RULES):
        _IN_ORDER = tuple(_RULES[code] for code in sorted(_RULES))
    return _IN_ORDER


@lru_cache(maxsize=1024)
def concerned(shape: Shape, off: frozenset[str]) -> tuple[tuple[Rule, Checker], ...]:
    """The rules that may see something in deployments of this shape, with what they do, in the order of the codes;
    without `off`."""
    said: dict[Gate | None, object] = {None: True}
    for one in rules():
        if one.when is not None and one.when not in said:
            said[one.when] = one.when(shape)
    return tuple([(one, one.check) for one in rules() if one.check and one.code not in off and said[one.when]])


def find(code: str) -> Rule | None:
    """The rule with this code or name, in any case, or None."""
    return _RULES.get(code.strip().upper()) or _BY_NAME.get(code.strip().lower())


def at(node: Node, message: str, *, fix: tuple[Change, ...] = (), severity: Severity | None = None) -> Hit:
    """A hit at the first character of `node`."""
    return Hit(node.line, node.column, message, fix, severity, node.layer)
