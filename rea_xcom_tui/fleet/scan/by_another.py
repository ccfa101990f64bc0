"""A file as a deployment by another one that is like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Union

import msgspec

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.naming import deployment_name, environment
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.reading import decode
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.tree import Tree
from rea_xcom_tui.xcom.versions import header

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.scan.by_bytes import ByBytes, Told
    from rea_xcom_tui.xcom.rules.alike import Judged


class Parsed(msgspec.Struct, eq=False):
    """A file that the quick reader has read."""

    text: str
    root: Node
    told: Told
    """What else its bytes tell."""


Looked = Union["ByBytes", Parsed]
"""What a look at agent values has shown: by which other one they are judged, where their bytes tell that."""


def look(data: bytes, reading: Reading | None) -> tuple[ByBytes | None, Told]:
    """What the bytes of a file tell that is to be judged like this: by which other one, or what else."""
    if reading is None or not reading.judged:
        return None, "known"
    from rea_xcom_tui.fleet.scan.by_bytes import ByBytes, by_bytes  # not while all is known from the cache

    found = by_bytes(data, reading.rules)
    return (found, "known") if isinstance(found, ByBytes) else (None, found)


def by_another(
    file: str, data: bytes, looked: Looked, reading: Reading, digest: str, in_full: Callable[..., Deployment | None]
) -> Deployment | None:
    """Agent values as a deployment: by one that is like it, where such a one is known, else by `in_full`."""
    from rea_xcom_tui.fleet.scan.by_bytes import keep_bytes  # not while all is known from the cache
    from rea_xcom_tui.xcom.rules.alike import Judged, glance

    env = environment(file, reading.environments)
    if not isinstance(looked, Parsed):
        known = looked.judged(file, env)
        if known is not None:
            return _deployment(file, known, env, digest)
        text, _ = decode(data)
        looked = Parsed(text, read_quickly(text) or ValuesFile.parse(data).root, "alone")
    text, root, told = looked.text, looked.root, looked.told
    seen = glance(root, header(text), reading.rules) if reading.judged and told != "alone" else None
    if seen is None:
        return in_full(file, text, Tree(root), reading, digest=digest)
    known = seen.judged(file, env, reading.rules)
    if known is not None:
        keep_bytes(data, seen, known, reading.rules, told)
        return _deployment(file, known, env, digest)
    tree = Tree(root)
    made = in_full(file, text, tree, reading, digest=digest)
    if made is not None and made.row is not None:
        context = RuleContext(reading.today, reading.rules, file, file, env, text)
        judged = Judged(made.config, made.findings, made.row)
        is_like_others = seen.keep(tree, judged, context)
        keep_bytes(data, seen, judged if is_like_others else None, reading.rules, told)
    return made


def _deployment(file: str, known: Judged, env: str | None, digest: str) -> Deployment:
    config = known.config
    return Deployment(
        id=file,
        name=deployment_name(file, config.prefix),
        env=env,
        namespace=config.namespace,
        file=file,
        config=config,
        layers=(file,),
        findings=known.findings,
        digest=digest,
        row=known.row,
    )
