"""What git stores for the bytes of a work tree file, once line ends and filters have had their say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes
from rea_xcom_tui.gitops.process.runner import Reading, Runner

_ATTRIBUTES = ("filter", "ident", "working-tree-encoding", "text", "eol", "crlf", "diff")
_OFF = frozenset({"unspecified", "unset"})
_NO = frozenset({"", "false", "no", "off", "0"})
"""What git takes for false in its configuration."""


class Conversions(msgspec.Struct, frozen=True):
    """The conversions that attributes and configuration ask for, for some paths."""

    runner: Runner
    object_format: ObjectFormat
    attributes: Mapping[str, Mapping[str, str]]
    """Of each path those that are specified."""
    autocrlf: bool
    file_modes: bool
    """Whether git minds the executable bit of files here."""

    def possible_ids(self, path: str, content: bytes) -> frozenset[str]:
        """Return the blob ids git may store for `content` at `path`.

        There are two only where git leaves line ends alone if the stored blob has CRLF already (`text=auto`
        and core.autocrlf). Runs the clean filter that the attributes name, as git itself would.
        """
        plain = hash_bytes(content, self.object_format)
        found = self.attributes.get(path, {})
        if self.converts(path):
            return frozenset({self._stored_id(path, content)})
        if b"\r" not in content or b"\r\n" not in content:  # one byte is found in a tenth of the time
            return frozenset({plain})
        text = found.get("text", "unspecified")
        if text == "unspecified":
            text = found.get("crlf", "unspecified")
        if text == "unset":
            return frozenset({plain})
        if text == "unspecified" and found.get("eol", "unspecified") in _OFF:
            return frozenset({plain, self._stored_id(path, content)}) if self.autocrlf else frozenset({plain})
        if text == "auto":
            return frozenset({plain, self._stored_id(path, content)})
        return frozenset({self._stored_id(path, content)})

    def converts(self, path: str) -> bool:
        """Tell whether more than line ends may differ between file and blob."""
        found = self.attributes.get(path)
        return found is not None and any(found.get(name, "unset") not in _OFF for name in _ATTRIBUTES[:3])

    def filtered(self, path: str) -> bool:
        """Tell whether a filter program, such as git-crypt's, is between file and blob."""
        return self.attributes.get(path, {}).get("filter", "unspecified") not in _OFF

    def smudged(self, path: str, oid: str) -> bytes:
        """Return the bytes git would write to the work tree at `path` for the blob `oid`."""
        return self.runner.read(["cat-file", "--filters", f"--path={path}", oid]).stdout

    def store(self, path: str, content: bytes, like: bytes | None) -> str:
        """Store the blob git would store for `content` at `path`, and return its id.

        `like` is the blob that is there in HEAD, or None: where it has CRLF, git leaves line ends alone in files that
        it recognises as text by itself.
        """
        return self.store_all({path: (content, like)})[path]

    def store_all(self, contents: Mapping[str, tuple[bytes, bytes | None]]) -> dict[str, str]:
        """Do what `store` does for many files; those that need no conversion share one process."""
        from rea_xcom_tui.gitops.store import store_blobs

        as_they_are = [path for path, (content, like) in contents.items() if self._kept(path, content, like)]
        oids = dict(
            zip(
                as_they_are,
                store_blobs(self.runner, [contents[path][0] for path in as_they_are]),
                strict=True,
            )
        )
        for path, (content, _) in contents.items():
            if path not in oids:
                arguments = ["hash-object", "-w", "--stdin", f"--path={path}"]
                oids[path] = self.runner.write(arguments, stdin=content).text.strip()
        return oids

    def _kept(self, path: str, content: bytes, like: bytes | None) -> bool:
        """Tell whether git stores these bytes without any conversion."""
        ids = self.possible_ids(path, content)
        if len(ids) > 1:
            return like is not None and b"\r\n" in like
        return ids == {hash_bytes(content, self.object_format)}

    def _stored_id(self, path: str, content: bytes) -> str:
        return self.runner.read(["hash-object", "--stdin", f"--path={path}"], stdin=content).text.strip()


def converted_paths(runner: Runner, paths: Sequence[str]) -> frozenset[str]:
    """Return those of `paths` whose bytes in the work tree are not the blob's, line ends aside. Runs no filter."""
    if not paths:
        return frozenset()
    return frozenset(
        path
        for path, found in _attributes(_ask_attributes(runner, paths, _ATTRIBUTES[:3])).items()
        if any(value not in _OFF for value in found.values())
    )


def _ask_attributes(runner: Runner, paths: Sequence[str], names: Sequence[str]) -> Reading:
    stdin = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    return runner.start(["check-attr", "-z", "--stdin", *names], stdin=stdin)


def _attributes(asked: Reading) -> dict[str, dict[str, str]]:
    words = asked.output().text.split("\0")
    attributes: dict[str, dict[str, str]] = {}
    for path, name, value in zip(words[0::3], words[1::3], words[2::3], strict=False):
        if value != "unspecified":
            attributes.setdefault(path, {})[name] = value
    return attributes


def ask_conversions(runner: Runner, paths: Sequence[str], object_format: ObjectFormat) -> Callable[[], Conversions]:
    """Ask git which conversions hold for `paths`; the answer is for later. Runs no filter."""
    attributes = _ask_attributes(runner, paths, _ATTRIBUTES)
    settings = runner.start(["config", "--get-regexp", r"^core\.(autocrlf|filemode)$"])

    def answer() -> Conversions:
        lines = (line.partition(" ") for line in settings.output(expect=(0, 1)).text.lower().splitlines())
        found = {key: value if blank else "true" for key, blank, value in lines}
        return Conversions(
            runner,
            object_format,
            _attributes(attributes),
            autocrlf=found.get("core.autocrlf", "") not in _NO,
            file_modes=found.get("core.filemode", "true") not in _NO,
        )

    return answer
