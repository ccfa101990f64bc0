"""sprig's functions on lists and maps."""

from __future__ import annotations

from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import Failed, Unsupported
from rea_xcom_tui.layouts.gotemplate.functions import Caller, as_list, function, functions
from rea_xcom_tui.layouts.gotemplate.goformat import as_text
from rea_xcom_tui.layouts.gotemplate.logic import is_empty, same


@function("dict", "a*")
def _dict(*values: Any) -> dict[str, Any]:
    pairs = [*values, ""] if len(values) % 2 else values
    return {as_text(key, inner=True): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


@function("set", "msa", bound=True)
def _set(renderer: Caller, mapping: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if _holds(renderer, value, mapping):
        raise Failed("The template puts a map into itself.")
    mapping[key] = value
    return mapping


@function("unset", "ms")
def _unset(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    mapping.pop(key, None)
    return mapping


@function("keys", "m*")
def _keys(*mappings: dict[str, Any]) -> list[str]:
    return [key for mapping in mappings for key in sorted(mapping)]  # Go's order is random; most sort it anyway


@function("values", "m")
def _values(mapping: dict[str, Any]) -> list[Any]:
    if len(mapping) > 1:
        raise Unsupported("It takes the values of a map in Go's random order.")
    return list(mapping.values())


@function("dig", "a*")
def _dig(*values: Any) -> Any:
    if len(values) < 3 or not isinstance(values[-1], dict) or any(not isinstance(key, str) for key in values[:-2]):
        raise Failed("dig needs keys, a default and a map.")
    *keys, other, mapping = values
    for key in keys:
        if not isinstance(mapping, dict):
            raise Failed("dig goes into something that is not a map.")
        if key not in mapping:
            return other
        mapping = mapping[key]
    return mapping


@function("merge mustMerge", "mm*", bound=True)
def _merge(renderer: Caller, target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _merged(renderer, target, source, override=False)
    return target


@function("mergeOverwrite mustMergeOverwrite", "mm*", bound=True)
def _merge_overwrite(renderer: Caller, target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _merged(renderer, target, source, override=True)
    return target


def _merged(renderer: Caller, target: dict[str, Any], source: dict[str, Any], *, override: bool) -> None:
    """mergo's merge: without `override`, only an empty value is replaced."""
    renderer.spend(len(source))
    for key, value in source.items():
        old = target.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merged(renderer, old, value, override=override)
        elif override or key not in target or is_empty(old):
            if _holds(renderer, value, target):
                raise Failed("The template puts a map into itself.")
            target[key] = value


@function("deepCopy mustDeepCopy", "a", bound=True)
def _deep_copy(renderer: Caller, value: Any) -> Any:
    if value is None:
        raise Failed("deepCopy has nothing to copy.")
    return _copied(renderer, value)


def _copied(renderer: Caller, value: Any) -> Any:
    renderer.spend(1)
    if isinstance(value, dict):
        return {key: _copied(renderer, each) for key, each in value.items()}
    return [_copied(renderer, each) for each in value] if isinstance(value, list) else value


def _holds(renderer: Caller, value: Any, target: dict[str, Any]) -> bool:
    ahead = [value]
    while ahead:
        each = ahead.pop()
        if each is target:
            return True
        if isinstance(each, dict | list):
            renderer.spend(1 + len(each) // 8)
            ahead += each.values() if isinstance(each, dict) else each
    return False


@function("first mustFirst", "a")
def _first(value: Any) -> Any:
    items = as_list("first", value)
    return items[0] if items else None


@function("last mustLast", "a")
def _last(value: Any) -> Any:
    items = as_list("last", value)
    return items[-1] if items else None


@function("uniq mustUniq", "a", bound=True)
def _uniq(renderer: Caller, value: Any) -> list[Any]:
    out: list[Any] = []
    for item in as_list("uniq", value):
        renderer.spend(1 + len(out) // 8)
        if not any(same(item, each) for each in out):
            out.append(item)
    return out


@function("has mustHas", "aa")
def _has(item: Any, value: Any) -> bool:
    return value is not None and any(same(item, each) for each in as_list("has", value))


@function("without mustWithout", "aa*")
def _without(value: Any, *items: Any) -> list[Any]:
    return [each for each in as_list("without", value) if not any(same(each, item) for item in items)]


functions(
    {
        "list tuple": ("a*", lambda *values: list(values)),
        "get": ("ms", lambda mapping, key: mapping.get(key, "")),
        "hasKey": ("ms", lambda mapping, key: key in mapping),
        "pick": ("ms*", lambda mapping, *keys: {key: mapping[key] for key in keys if key in mapping}),
        "omit": ("ms*", lambda mapping, *keys: {key: value for key, value in mapping.items() if key not in keys}),
        "pluck": ("sm*", lambda key, *mappings: [mapping[key] for mapping in mappings if key in mapping]),
        "rest mustRest": ("a", lambda value: as_list("rest", value)[1:]),
        "initial mustInitial": ("a", lambda value: as_list("initial", value)[:-1]),
        "append mustAppend push mustPush": ("aa", lambda value, item: [*as_list("append", value), item]),
        "prepend mustPrepend": ("aa", lambda value, item: [item, *as_list("prepend", value)]),
        "concat": ("a*", lambda *values: [item for value in values for item in as_list("concat", value)]),
        "reverse mustReverse": ("a", lambda value: as_list("reverse", value)[::-1]),
        "compact mustCompact": ("a", lambda value: [each for each in as_list("compact", value) if not is_empty(each)]),
    }
)
