"""Every link within the documents leads somewhere, to the heading."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import PAGES, ROOT, Page

_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    """Headings as Markdown's readers make anchors of them."""
    heads = (line.lstrip("#").strip() for _, line in Page(path).prose() if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


def broken(path: Path) -> Iterator[str]:
    for number, line in Page(path).prose():
        for link in _LINK.findall(line):
            target, _, anchor = link.partition("#")
            if "://" in target:
                continue
            file = (path.parent / target).resolve() if target else path
            if not file.exists() or (anchor and anchor not in anchors(file)):
                yield f"{path.name}:{number} {link}"


def test_every_link_leads_somewhere() -> None:
    assert [link for path in (*PAGES, ROOT / "charts/README.md") for link in broken(path)] == []


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(_LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{path.name}" for path in PAGES if path.parent.name == "docs"} <= {
        link.split("#")[0] for link in linked
    }


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](#one) [b](#two)\n[c](nowhere.md) [d](page.md#one)\n")
    assert list(broken(page)) == ["page.md:2 #two", "page.md:3 nowhere.md"]
