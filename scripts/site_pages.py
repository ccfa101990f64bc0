"""Hooks of the site: pages of the repo's root, links into the repo, and pages that the nav does not name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
FROM_ROOT = {
    "overview.md": "README.md",
    **{name: name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")},
}
"""Pages of the site that are files of the root."""

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put what the nav does not name under More."""
    named = set(_named(config.nav))
    docs = Path(config.docs_dir)
    found = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    assert config.nav is not None
    config.nav.append({"More": [*(page for page in found if page not in named), *FROM_ROOT]})
    return config


def _named(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    for item in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        yield from _named(item)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root."""
    for page, name in FROM_ROOT.items():
        files.append(File.generated(config, page, content=(ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Lead links to where the site has the page; what only the repo has is named and not linked."""
    here = page.file.src_uri
    folder = ROOT if here in FROM_ROOT else Path(config.docs_dir, here).parent

    def moved(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        path, mark, anchor = target.partition("#")
        if not path or "://" in target or target.startswith("mailto:"):
            return found[0]
        real = (folder / path).resolve()
        uri = _uri(real, Path(config.docs_dir))
        if uri is None or files.get_file_from_path(uri) is None:
            return words if words.startswith("`") else f"{words} (`{real.relative_to(ROOT).as_posix()}`)"
        up = "../" * here.count("/")
        return f"[{words}]({up}{uri}{mark}{anchor})"

    return _LINK.sub(moved, markdown)


def _uri(real: Path, docs: Path) -> str | None:
    """What a file is called in the site."""
    page = next((page for page, name in FROM_ROOT.items() if real == ROOT / name), None)
    if page is not None:
        return page
    return real.relative_to(docs).as_posix() if real.is_relative_to(docs) else None
