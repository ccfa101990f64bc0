"""A file as a deployment by another one that is like it."""

from __future__ import annotations

from collections.abc import Callable

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.layouts.naming import deployment_name, environment
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.tree import Tree


def by_another(
    file: str,
    text: str,
    root: Node,
    header: str,
    reading: Reading,
    digest: str,
    in_full: Callable[..., Deployment | None],
) -> Deployment | None:
    """A file that the quick reader has read as a deployment: by one that is like it, where such a one is known, else by
    `in_full`. `header` is the comment that it starts with."""
    from rea_xcom_tui.xcom.rules.alike import Judged, glance  # not while all is known from the cache

    seen = glance(root, header, reading.rules) if reading.judged else None
    if seen is None:
        return in_full(file, text, Tree(root), reading, digest=digest)
    env = environment(file, reading.environments)
    known = seen.judged(file, env, reading.rules)
    if known is None:
        tree = Tree(root)
        made = in_full(file, text, tree, reading, digest=digest)
        if made is not None and made.row is not None:
            context = RuleContext(reading.today, reading.rules, file, file, env, text)
            seen.keep(tree, Judged(made.config, made.findings, made.row), context)
        return made
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
