"""From the bytes of one file to a deployment: the reading journey, without any input or output."""

from __future__ import annotations

import re
from typing import Literal

from rea_xcom_tui.fleet.model import Deployment, Item, Manifest, UnreadableFile
from rea_xcom_tui.fleet.scan.by_another import Looked, Parsed, by_another, look
from rea_xcom_tui.fleet.scan.judge import verdict
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes
from rea_xcom_tui.layouts.naming import deployment_name, environment, is_leftover
from rea_xcom_tui.layouts.signs import may_deploy
from rea_xcom_tui.values import Unreadable, ValuesFile
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.reading import decode
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import Configuration, Node
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.recognise import has_signature, recognise
from rea_xcom_tui.xcom.rules.ignores import MARK
from rea_xcom_tui.xcom.sealed import sealed_by
from rea_xcom_tui.xcom.tree import Tree
from rea_xcom_tui.xcom.versions import header

_YAML_NAME = re.compile(r"\.(?:ya?ml|json)$", re.IGNORECASE)
_CONFLICT = re.compile(rb"^<{7}(?: [^\n]*)?\r?\n(?:[^\n]*\n)*?={7}\r?\n(?:[^\n]*\n)*?>{7}(?= |\r|\n|\Z)", re.MULTILINE)
"""What git leaves in a file where two sides changed the same lines."""
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_IGNORE_COMMENT = MARK.encode()
_MOST_AHEAD = 1 << 16  # bytes
_CRYPTED = b"\0GITCRYPT\0"
_TREE = "and read the working tree, not a revision."
_POINTER = b"version https://git-lfs.github.com/spec/"


def stored_elsewhere(file: str, data: bytes) -> UnreadableFile | None:
    """A values file of which only a stand-in is there: ciphertext as a whole, or a pointer of Git LFS.

    As with every file that cannot be read at all, only its name says that it holds values.
    """
    if "values" not in file.rpartition("/")[2].lower():
        return None
    if data.startswith(_CRYPTED):
        return UnreadableFile(file, f"The file is encrypted by git-crypt: run git-crypt unlock, {_TREE}", 1, 1)
    if tool := sealed_by(data[:200].decode("utf-8", "replace")):
        return UnreadableFile(
            file, f"The file is encrypted by {tool} as a whole: decrypt it with {tool} to read it.", 1, 1
        )
    if data.startswith(_POINTER):
        return UnreadableFile(file, f"The file is only a pointer of Git LFS: run git lfs pull, {_TREE}", 1, 1)
    return None


def could_be_agent(data: bytes) -> bool:
    """A quick look at the bytes: False for every file that cannot be agent values.

    A file in UTF-16 is looked at in its own encoding, so that it can be reported instead of passed over.
    """
    if data[:2] in UTF16:
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return has_signature(data.removeprefix(_BOM * 2))


def conflict_in(file: str, data: bytes) -> UnreadableFile | None:
    """Say that a file which cannot be parsed holds the marks of a merge conflict, where it does."""
    found = _CONFLICT.search(data)
    if found is None:
        return None
    first, last = (data.count(b"\n", 0, position) + 1 for position in found.span())
    return UnreadableFile(
        file,
        f"Lines {first} to {last} are an unresolved merge conflict: keep one of the two sides and take out the marks.",
        first,
        1,
    )


Ahead = Literal["manifest", "other", "agent", "agent in full"] | Looked
"""What a file is, at a quick look; of most agent values, what that has shown. In full are those to be read that the
quick reader does not take, or not well enough."""


def read_ahead(data: bytes, reading: Reading | None = None) -> Ahead:
    """What is read of a file before the first of its lot is judged, which is quicker: the tree of a small file that the
    quick reader takes. Those of the whole lot are in memory at once. `reading` is how."""
    other, told = look(data, reading if len(data) <= _MOST_AHEAD else None)
    if other is not None:
        return other
    if may_deploy(data):
        return "manifest"
    if not could_be_agent(data):
        return "other"
    if _may_ignore(data):
        return "agent in full"
    if len(data) > _MOST_AHEAD or data.startswith(_BOM):
        return "agent"
    try:
        text, _ = decode(data)
    except Unreadable:
        return "agent"
    root = read_quickly(text)
    return "agent in full" if root is None else Parsed(text, root, told)


def read_content(
    file: str, data: bytes, ahead: Ahead, reading: Reading, object_format: ObjectFormat
) -> tuple[Item, bool, bool]:
    """What a file's bytes hold, whether that may be kept by its blob, and whether it holds for today only; not whether
    the file has changed."""
    if ahead == "manifest":
        return Manifest(), True, False
    if ahead == "other":
        # What a filter leaves on the disk depends on whether it is set up here, so this is not kept by the blob.
        elsewhere = stored_elsewhere(file, data)
        return elsewhere, elsewhere is None, False
    dated = ahead == "agent in full" and _may_ignore(data)
    if is_leftover(file):
        return None, True, dated
    digest = hash_bytes(data, object_format)
    if not isinstance(ahead, str):
        return by_another(file, data, ahead, reading, digest, as_deployment), True, False
    return _read_agent(file, data, reading, digest=digest, in_full=ahead == "agent in full"), True, dated


def read_deployment(
    file: str, data: bytes, reading: Reading, *, digest: str = "", dirty: bool = False
) -> Deployment | UnreadableFile | None:
    """Read a file's bytes as a deployment; None when it is not an agent values file.

    A YAML file that carries the signature of agent values but cannot be parsed is an `UnreadableFile`; any
    other kind of file (a document or a script that quotes such values) is passed over.
    """
    if is_leftover(file):
        return None
    if not could_be_agent(data):
        return stored_elsewhere(file, data)
    return _read_agent(file, data, reading, digest=digest, dirty=dirty, in_full=_may_ignore(data))


def _may_ignore(data: bytes) -> bool:
    """Whether a file may have an ignore comment. Many have no comment at all, which is seen at once."""
    at = data.find(b"#")
    return at >= 0 and data.find(_IGNORE_COMMENT, at) > at


def _read_agent(
    file: str, data: bytes, reading: Reading, *, digest: str, dirty: bool = False, in_full: bool
) -> Deployment | UnreadableFile | None:
    if data.startswith(_BOM * 2) and _YAML_NAME.search(file):
        # The second one would become a part of the first key, and no reader would see that key.
        return UnreadableFile(file, "The file starts with two byte order marks; remove one of them.", 1, 1)
    try:
        text, root = _read(data, in_full)
    except Unreadable as problem:
        if not _YAML_NAME.search(file):
            return None
        return conflict_in(file, data) or UnreadableFile(file, str(problem), problem.line, problem.column)
    # Recognition, reading and the rules ask much of the same.
    return as_deployment(file, text, Tree(root), reading, digest=digest, dirty=dirty)


def as_deployment(
    file: str,
    text: str | ValuesFile,
    tree: Tree,
    reading: Reading,
    *,
    config: Configuration | None = None,
    digest: str = "",
    dirty: bool = False,
) -> Deployment | None:
    """A file that has been read as a deployment; None when it is not an agent values file.

    `text` is the file's, or the file itself where its comments matter; `config` is what its `tree` says, with its
    passwords, where that is known already.
    """
    if not recognise(tree).is_agent:
        return None
    config = config or read(tree, header=header(text if isinstance(text, str) else text.text))
    env = environment(file, reading.environments)
    judged = verdict(text, tree, config, reading, file, env) if reading.judged else None
    return Deployment(
        id=file,
        name=deployment_name(file, config.prefix),
        env=env,
        namespace=config.namespace,
        file=file,
        config=without_passwords(config),
        layers=(file,),
        findings=judged.findings if judged else (),
        dirty=dirty,
        digest=digest,
        row=judged.row if judged else None,
        ignores=judged.ignores if judged else (),
    )


def _read(data: bytes, in_full: bool) -> tuple[str | ValuesFile, Node]:
    """The text of a values file and its root, quickly where that is exact; else the file as the full reader has it.

    The quick reading knows nothing of comments and of how a scalar is written, so a file with an ignore comment is read
    `in_full`, as one is with what Helm may refuse. Raises `Unreadable`.
    """
    text, _ = decode(data)
    root = None if in_full else read_quickly(text)
    if root is not None:
        return text, root
    parsed = ValuesFile.parse(data)
    return parsed, parsed.root
