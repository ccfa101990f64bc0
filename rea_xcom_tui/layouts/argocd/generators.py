"""The generators of an ApplicationSet: which elements each gives, as far as Git shows."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rea_xcom_tui.layouts.argocd.filling import Filler, Params, flattened, overridden
from rea_xcom_tui.layouts.argocd.globs import GLOB_CHARS, pattern_of
from rea_xcom_tui.layouts.argocd.selecting import listed, selects
from rea_xcom_tui.layouts.gotemplate import TemplateError
from rea_xcom_tui.layouts.gotemplate.yamltext import go_data, read_yaml
from rea_xcom_tui.layouts.model import MAX_ENTRIES, Options
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable

_NOT_DNS = re.compile(r"[^a-z0-9.-]+")
_MAX_DEPTH = 3
_KINDS = ("list", "clusters", "git", "matrix", "merge")
_SAYS = {
    "plugin": "a plugin",
    "pullRequest": "the pull requests that are open",
    "scmProvider": "the repos of a code host",
    "clusterDecisionResource": "a resource in the cluster",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One set of parameters and the template that its generator has of its own."""

    params: Params
    template: Any = None
    files: tuple[str, ...] = ()
    """Files that the parameters come from."""


@dataclass(slots=True)
class Elements:
    """What a generator gives."""

    found: list[Element] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Why there may be others, or other parameters."""
    problems: list[str] = field(default_factory=list)
    """What is wrong with the generator."""
    complete: bool = True
    """Whether these are all that there are."""


class Generators:
    """Reads generators of one set."""

    def __init__(self, tree: Tree, options: Options, filler: Filler) -> None:
        self.tree = tree
        self.options = options
        self.filler = filler
        self._left = 20 * MAX_ENTRIES

    def elements(self, generator: Any, known: Params | None = None, depth: int = 0) -> Elements:
        """The elements of one generator. `known` are the parameters of a matrix's first generator."""
        if not isinstance(generator, dict):
            return Elements(problems=["A generator is not a mapping."])
        if known is not None:
            generator = self._filled(generator, known)
        kind = next((key for key in generator if key not in ("selector", "template")), "")
        read: Callable[[Any, Params | None, int], Elements] | None = {
            "list": self._list,
            "clusters": self._clusters,
            "git": self._git,
            "matrix": self._matrix,
            "merge": self._merge,
        }.get(kind)
        if read is None:
            says = _SAYS.get(kind, f"the generator {clean(kind, 60) or 'that is missing'}")
            return Elements(unknown=[f"The set's elements come from {says}, which Git does not hold."], complete=False)
        if depth > _MAX_DEPTH:
            return Elements(problems=["Generators are nested more deeply than Argo CD allows."])
        body = generator[kind] if isinstance(generator[kind], dict) else {}
        out = read(body, known, depth)
        own = body.get("template")
        selector = generator.get("selector")
        kept = [each for each in out.found if selector is None or selects(selector, flattened(each.params))]
        out.found = [replace(each, template=overridden(each.template, own) if own else each.template) for each in kept]
        self._left -= len(out.found)
        if self._left < 0:
            out.found, out.complete = [], False
            out.problems.append(f"The generators make more than {20 * MAX_ENTRIES:,} elements on the way.")
        return out

    def _filled(self, generator: dict[str, Any], known: Params) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in generator.items():
            if isinstance(value, dict) and key in _KINDS:
                template = value.get("template")
                body = {name: each for name, each in value.items() if name != "template"}
                filled = self.filler.data(body, known)
                out[key] = filled if template is None else {**filled, "template": template}
            else:
                out[key] = self.filler.data(value, known) if key == "selector" else value
        return out

    # -- list ----------------------------------------------------------------------------------------

    def _list(self, body: dict[str, Any], known: Params | None, depth: int) -> Elements:
        elements = listed(body.get("elements"))
        out = Elements()
        text = body.get("elementsYaml")
        if isinstance(text, str) and text.strip():
            try:
                more = read_yaml(text)
            except Unreadable as error:
                return Elements(problems=[f"elementsYaml is not YAML: {clean(error)}"])
            elements = [*elements, *listed(more)]
        for each in elements:
            if not isinstance(each, dict):
                out.problems.append("An element of the list is not a mapping.")
                continue
            if self.filler.go:
                out.found.append(Element(_nested(each)))
                continue
            params = flattened({"values": each["values"]}) if isinstance(each.get("values"), dict) else {}
            rest = {key: value for key, value in each.items() if not (key == "values" and params)}
            odd = [key for key, value in rest.items() if not isinstance(value, str)]
            if odd:
                what = "is not text, which Argo CD refuses without goTemplate"
                out.problems.append(f"The value of {clean(odd[0], 100)} in an element {what}; put it in quotes.")
            else:
                out.found.append(Element({**params, **rest}))
        return out

    # -- clusters ------------------------------------------------------------------------------------

    def _clusters(self, body: dict[str, Any], known: Params | None, depth: int) -> Elements:
        told = self.options.settings.clusters
        out = Elements(complete=False)
        selector = body.get("selector")
        for name, cluster in told.items():
            if not selects(selector, cluster.labels):
                continue
            params = self._cluster(name, dict(cluster.labels))
            out.found.append(Element(self._with_values(params, body.get("values"))))
        if not told:
            out.unknown.append(
                "Which clusters Argo CD has is not in Git; name them with their labels in the configuration, under "
                "[layouts.clusters]."
            )
        out.complete = bool(told)
        return out

    def _cluster(self, name: str, labels: dict[str, str]) -> Params:
        normal = normalized(name)
        if self.filler.go:
            return {"name": name, "nameNormalized": normal, "metadata": {"labels": labels, "annotations": {}}}
        flat = {f"metadata.labels.{key}": value for key, value in labels.items()}
        return {"name": name, "nameNormalized": normal, **flat}

    def _with_values(self, params: Params, values: Any) -> Params:
        """The generator's own `values`, which may use the element's parameters."""
        if not isinstance(values, dict) or not values:
            return params
        filled = {str(key): self.filler.text(_as_text(value), params) for key, value in values.items()}
        if self.filler.go:
            return {**params, "values": filled}
        return {**params, **{f"values.{key}": value for key, value in filled.items()}}

    # -- git -----------------------------------------------------------------------------------------

    def _git(self, body: dict[str, Any], known: Params | None, depth: int) -> Elements:
        paths = listed(body.get("files")) or listed(body.get("directories"))
        first = next((_as_text(each.get("path")) for each in paths if isinstance(each, dict)), "")
        url = _as_text(body.get("repoURL"))
        if not self.tree.is_here(url, GLOB_CHARS.split(first, maxsplit=1)[0].rpartition("/")[0]):
            what = f"The set's elements come from files of {clean(url, 200)}, which is another repo."
            return Elements(unknown=[what], complete=False)
        out = Elements()
        if listed(body.get("files")):
            self._files(body, out)
        else:
            for folder in self._folders(body):
                params = self._path(folder, "", body.get("pathParamPrefix"))
                out.found.append(Element(self._with_values(params, body.get("values"))))
        return out

    def _files(self, body: dict[str, Any], out: Elements) -> None:
        for file in _wanted(body["files"], self.tree.paths, _file_matches):
            try:
                found = self.tree.documents(file)
            except (Unreadable, LinkOut) as error:
                out.problems.append(f"{clean(file, 200)} cannot be read: {clean(error)}")
                continue
            if found is not None and not found.roots and found.error is not None:
                out.problems.append(f"{clean(file, 200)} cannot be read: {clean(found.error)}")
                continue
            root = go_data(found.roots[0]) if found is not None and found.roots else None
            for data in root if isinstance(root, list) else [root]:
                if not isinstance(data, dict):
                    out.problems.append(f"{clean(file, 200)} holds no mapping, so Argo CD generates nothing from it.")
                    continue
                folder, name = posixpath.split(file)
                path = self._path(folder, name, body.get("pathParamPrefix"))
                params = {**data, **path} if self.filler.go else {**flattened(data), **path}
                out.found.append(Element(self._with_values(params, body.get("values")), files=(file,)))

    def _folders(self, body: dict[str, Any]) -> Iterator[str]:
        folders = [each for each in self.tree.folders if each and not _is_hidden(each)]
        yield from _wanted(listed(body.get("directories")), sorted(folders), _folder_matches)

    def _path(self, folder: str, name: str, prefix: Any) -> Params:
        """The parameters `path...` of a file or folder."""
        segments = folder.split("/") if folder else []
        base = segments[-1] if segments else ""
        if self.filler.go:
            path: Params = {
                "path": folder or ".",
                "basename": base,
                "basenameNormalized": normalized(base),
                "segments": list(segments),
            }
            if name:
                path |= {"filename": name, "filenameNormalized": normalized(name)}
            return {_as_text(prefix): {"path": path}} if prefix else {"path": path}
        key = f"{_as_text(prefix)}.path" if prefix else "path"
        flat = {key: folder or ".", f"{key}.basename": base, f"{key}.basenameNormalized": normalized(base)}
        flat |= {f"{key}[{at}]": segment for at, segment in enumerate(segments)}
        if name:
            flat |= {f"{key}.filename": name, f"{key}.filenameNormalized": normalized(name)}
        return dict(flat)

    # -- generators of generators --------------------------------------------------------------------

    def _matrix(self, body: dict[str, Any], known: Params | None, depth: int) -> Elements:
        inner = body.get("generators")
        if not isinstance(inner, list) or len(inner) != 2:
            return Elements(problems=["A matrix needs exactly two generators."])
        first = self.elements(inner[0], known, depth + 1)
        out = Elements([], list(first.unknown), list(first.problems), first.complete)
        for one in first.found:
            second = self.elements(inner[1], {**(known or {}), **one.params}, depth + 1)
            _gather(out, second)
            for other in second.found:
                params = _merged(one.params, other.params) if self.filler.go else {**one.params, **other.params}
                template = overridden(one.template, other.template) if other.template else one.template
                out.found.append(Element(params, template, (*one.files, *other.files)))
            if len(out.found) > MAX_ENTRIES:
                break
        return out

    def _merge(self, body: dict[str, Any], known: Params | None, depth: int) -> Elements:
        inner = body.get("generators")
        keys = [_as_text(key) for key in listed(body.get("mergeKeys"))]
        if not isinstance(inner, list) or len(inner) < 2 or not keys:
            return Elements(problems=["A merge needs mergeKeys and two or more generators."])
        given = [self.elements(each, known, depth + 1) for each in inner]
        out = Elements()
        for each in given:
            _gather(out, each)
        base = given[0]
        if not base.complete and not base.found:
            return self._from_others(inner, given, keys, out)
        others = [self._by_key(each.found, keys) for each in given[1:]]
        for element in base.found:
            for other in others:
                match = other.get(self._key(element, keys))
                if match is not None:
                    params = (
                        _merged(element.params, match.params)
                        if self.filler.go
                        else {
                            **element.params,
                            **match.params,
                        }
                    )
                    element = Element(params, element.template or match.template, (*element.files, *match.files))
            out.found.append(element)
        return out

    def _from_others(self, inner: Sequence[Any], given: Sequence[Elements], keys: list[str], out: Elements) -> Elements:
        """Where the first generator's clusters are not known: those that the others name, over its own values."""
        values = inner[0].get("clusters", {}).get("values") if isinstance(inner[0].get("clusters"), dict) else None
        for element in (each for other in given[1:] for each in other.found):
            name = element.params.get("name") or element.params.get("nameNormalized")
            below = self._cluster(str(name), {}) if name else {}
            below = self._with_values(below, values)
            params = _merged(below, element.params) if self.filler.go else {**below, **element.params}
            if all(key in flattened(params) for key in keys):
                out.found.append(replace(element, params=params))
        return out

    def _by_key(self, elements: Sequence[Element], keys: list[str]) -> dict[tuple[str, ...], Element]:
        return {self._key(each, keys): each for each in elements}

    def _key(self, element: Element, keys: list[str]) -> tuple[str, ...]:
        flat = flattened(element.params) if self.filler.go else element.params
        return tuple(_as_text(flat.get(key)) for key in keys)


def _gather(out: Elements, more: Elements) -> None:
    out.unknown += [each for each in more.unknown if each not in out.unknown]
    out.problems += [each for each in more.problems if each not in out.problems]
    out.complete = out.complete and more.complete


def _nested(element: dict[str, Any]) -> Params:
    """A list's element for Go templates; keys such as `values.x` that merges need are there as they are and nested."""
    out: Params = dict(element)
    for key, value in element.items():
        head, point, rest = key.partition(".")
        if point and isinstance(out.get(head, {}), dict):
            out[head] = {**out.get(head, {}), rest: value}
    return out


def _merged(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{key: _merged(under.get(key), value) for key, value in over.items()}}
    return over


def _wanted(items: Any, paths: Sequence[str], match: Callable[[str, str], bool]) -> list[str]:
    """The paths that some item takes and none excludes."""
    taken = [_as_text(each.get("path")) for each in items if isinstance(each, dict) and each.get("exclude") is not True]
    dropped = [_as_text(each.get("path")) for each in items if isinstance(each, dict) and each.get("exclude") is True]
    return [
        path
        for path in paths
        if any(match(path, each) for each in taken) and not any(match(path, each) for each in dropped)
    ]


def _file_matches(path: str, glob: str) -> bool:
    """As `git ls-files` has it: `*` crosses folders, and a folder stands for all in it."""
    glob = glob.lstrip("/")
    if not GLOB_CHARS.search(glob):
        return path == glob or path.startswith(glob.rstrip("/") + "/")
    return pattern_of(glob, crosses=True).fullmatch(path) is not None


def _folder_matches(path: str, glob: str) -> bool:
    return pattern_of(glob.strip("/")).fullmatch(path) is not None


def _is_hidden(folder: str) -> bool:
    return any(part.startswith(".") for part in folder.split("/"))


def normalized(name: str) -> str:
    """A name as a DNS label: small letters, anything else a dash, at most 253 characters, no dash at the ends."""
    return _NOT_DNS.sub("-", name.lower())[:253].strip("-.")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


__all__ = ["Element", "Elements", "Generators", "TemplateError", "normalized"]
