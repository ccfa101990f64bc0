"""A whole fleet as a view shows it, from a glance at each of its repos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rea_xcom_tui.fleet.qualified import in_repo, qualified
from rea_xcom_tui.fleet.scan.answers import Answers, name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.layered_answers import OF_LAYERS, Unsaid, UnsaidTogether
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.scan.views import Glance, Showing, ShownRepo, in_order

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import WorkTree
    from rea_xcom_tui.gitops.unread import CheckedOut


def show(
    view: View,
    reading: Reading,
    cache: Cache,
    glances: Iterator[tuple[str, Glance]],
    repos: Sequence[bytes],
    form: str = "",
) -> tuple[Showing | None, Unsaid | UnsaidTogether | None]:
    """The fleet of some repos as a view shows it; the names and places of the repos, as bytes, tell which fleet it is.

    What the view has said of the same state before, in this `form`, is not worked out again. Otherwise a view is not
    enough where the deployments of one repo may be made of layers, or it is only viewed: None then, and what keeps what
    will be said of it.
    """
    place = name_of(Keys(reading).scope(Path()), view.name.encode(), form.encode(), *repos)
    answers = Answers(place, reading.today.toordinal())
    before = answers.known(cache)
    of_layers = before[-1:] == (OF_LAYERS,)
    if not repos[0].startswith(b":"):  # only a repo that is alone has no name
        if of_layers:
            showing = _of_layers(view, cache, glances, answers, before)
        else:
            showing = _shown(view, reading, cache, glances, answers, before, len(repos))
        return showing, UnsaidTogether(answers) if showing is None else None
    repo, glance = next(glances)
    if not before:
        glance.prepare()
    if of_layers:
        showing = _of_layers(view, cache, iter([(repo, glance)]), answers, before)
    elif (not before or glance.name != before[0]) and glance.tells_of_layers:
        showing = None
    else:
        showing = _shown(view, reading, cache, iter([(repo, glance)]), answers, before, 1)
    return showing, glance.unsaid(answers) if showing is None else None


def _of_layers(
    view: View, cache: Cache, glances: Iterator[tuple[str, Glance]], answers: Answers, before: Sequence[bytes]
) -> Showing | None:
    """What a view has said of this state with layers before; None where that is another, or nobody can tell."""
    repos: dict[str, ShownRepo] = {}
    for (repo, glance), name in zip(glances, before, strict=False):
        with in_repo(repo):
            there = glance.of_layers(name)
        if there is None:
            return None
        repos[repo] = glance.unopened(there)
    kept = answers.find(cache, before) if len(repos) == len(before) - 1 else None
    return None if kept is None else Showing(view, repos, {}, kept=kept)


def _shown(
    view: View,
    reading: Reading,
    cache: Cache,
    glances: Iterator[tuple[str, Glance]],
    answers: Answers,
    before: Sequence[bytes],
    count: int,
) -> Showing | None:
    """The fleet of so many repos as a view shows it, or None where that is not enough."""
    same, named = len(before) == count, True
    there: dict[str, tuple[Glance, CheckedOut | WorkTree]] = {}
    shown: dict[str, ShownRepo] = {}
    kept: Iterable[bytes] | None = None
    for number, (repo, glance) in enumerate(glances):
        same = same and glance.name == before[number]
        if same and number == count - 1:  # while git is still comparing the files of the last repo
            kept = answers.find(cache, before)
        with in_repo(repo):
            if same and (unchanged := glance.unchanged()) is not None:
                there[repo] = glance, unchanged
                continue
            if not same:
                glance.look_up()
                if count == 1:
                    glance.begin()
            tree = glance.settle()
            if tree is None:
                glance.end()
                return None
            there[repo] = glance, tree
            named = named and glance.is_named(tree)
            same = same and named
            kept = kept if same else None  # which need not be in memory beside what is made now
            part = None if same else glance.shown(tree)
        if part is not None:
            shown[repo] = part
        elif not same:
            return None
    if same and kept is not None:
        return Showing(view, {repo: glance.unopened(where) for repo, (glance, where) in there.items()}, {}, kept=kept)
    parts: dict[str, ShownRepo] = {}
    for repo, (glance, _) in there.items():
        with in_repo(repo):
            settled = None if repo in shown else glance.settle()
            part = glance.shown(settled) if settled is not None else shown.get(repo)
        if part is None:
            return None
        parts[repo] = part
    lasting = named and all(part.lasting for part in parts.values())
    names = [glance.name for glance, _ in there.values()] if lasting else []
    return _together(view, parts, reading, (answers, names) if lasting else None)


def _together(
    view: View, repos: Mapping[str, ShownRepo], reading: Reading, to_keep: tuple[Answers, Sequence[bytes]] | None
) -> Showing:
    """The fleet of repos that were shown each by itself, with what only all of them together show."""
    from rea_xcom_tui.fleet.scan.judge import not_ignored  # not where all is said as before
    from rea_xcom_tui.xcom.rules.fleet import check_fleet

    rows = [
        replace(one.row, id=qualified(repo, one.id)) if repo else one.row
        for repo, one in in_order(repos)
        if one.row is not None
    ]
    told = check_fleet(rows, reading.rules)
    together = {id_: tuple(not_ignored(f, id_, id_, reading, set())) for id_, f in told.items()}
    return Showing(view, repos, together, to_keep=to_keep)
