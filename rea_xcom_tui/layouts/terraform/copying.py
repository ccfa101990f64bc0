"""Copying a resource of Terraform under another name."""

from __future__ import annotations

from collections.abc import Callable

from rea_xcom_tui.layouts.terraform.hcl import parse
from rea_xcom_tui.layouts.terraform.syntax import HclError


def with_resource(text: str, kind: str, name: str, rename: Callable[[str], str]) -> str:
    """A file with a copy of one of its resources at the end, its words replaced. Raises `HclError`."""
    found = [block for block in parse(text).blocks if (block.kind, block.labels) == ("resource", (kind, name))]
    if len(found) != 1:
        raise HclError(f"there is not exactly one resource {kind}.{name} to copy", 1)
    lines = text.splitlines(keepends=True)
    if any(block.kind == "set_sensitive" for block in found[0].body.blocks):
        raise HclError("its resource holds a secret (set_sensitive), which is not copied", found[0].line)
    made = "".join(rename(line) for line in lines[found[0].line - 1 : found[0].last])
    return f"{text.rstrip()}\n\n{made.rstrip()}\n"
