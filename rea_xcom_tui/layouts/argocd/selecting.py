"""Kubernetes label selectors, as generators use them on parameters and on clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a selector (`matchLabels`, `matchExpressions`) takes something with these labels."""
    if not isinstance(selector, dict):
        return True
    wanted = selector.get("matchLabels") or {}
    if isinstance(wanted, dict) and any(labels.get(key) != _text(value) for key, value in wanted.items()):
        return False
    return all(_holds(each, labels) for each in listed(selector.get("matchExpressions")) if isinstance(each, dict))


def listed(value: Any) -> list[Any]:
    """The items of a list; none of anything else."""
    return value if isinstance(value, list) else []


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key = _text(expression.get("key"))
    values = [_text(value) for value in listed(expression.get("values"))]
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
