"""The documents as tests read them: their commands, tables, words in backticks and links."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = tuple(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) + tuple(
    sorted((ROOT / "docs").glob("*.md"))
)

_FENCE = re.compile(r"^\s*```(\w*)\s*$")
_ASSIGNED = re.compile(r"^([A-Z][A-Z0-9_]*)=")
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAMS = ("claimstream", "make", "python")


class Command(NamedTuple):
    """One command as a reader would type it, without what is set before it, and the output that is shown for it."""

    page: str
    line: int
    words: tuple[str, ...]
    environment: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    typed: bool = True  # else only named in a sentence, where arguments may be left out

    @property
    def text(self) -> str:
        return shlex.join(self.words)


@dataclass(frozen=True)
class Page:
    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    def commands(self) -> Iterator[Command]:
        """Lines of console blocks that begin with `$ `; and a program of ours with arguments in backticks."""
        yield from self._typed()
        for number, line in self.prose():
            for span in _INLINE.findall(line):
                if span.split()[0] in _PROGRAMS and " " in span:
                    yield Command(self.name, number, tuple(shlex.split(span)), typed=False)

    def _typed(self) -> Iterator[Command]:
        block: list[tuple[int, str]] = []
        language = None
        for number, line in enumerate([*self.lines, ""], start=1):
            fence = _FENCE.match(line)
            if fence and language is None:
                language = fence[1]
            elif fence:
                if language == "console":
                    yield from _of_block(self.name, block)
                language, block = None, []
            elif language is not None:
                block.append((number, line))

    def prose(self) -> Iterator[tuple[int, str]]:
        """Lines outside of fenced blocks."""
        inside = False
        for number, line in enumerate(self.lines, start=1):
            if _FENCE.match(line):
                inside = not inside
            elif not inside:
                yield number, line

    def rows(self) -> Iterator[list[str]]:
        """Cells of every table's rows, without their heads."""
        for _, line in self.prose():
            if line.startswith("|") and not set(line) <= set("|- "):
                yield [cell.strip() for cell in line.strip("|").split(" | ")]

    def named(self) -> frozenset[str]:
        """What stands in backticks."""
        return frozenset(span for _, line in self.prose() for span in _INLINE.findall(line))


def page(name: str) -> Page:
    return Page(ROOT / name)


def every_command() -> list[Command]:
    return [command for path in PAGES for command in Page(path).commands()]


def _of_block(name: str, block: list[tuple[int, str]]) -> Iterator[Command]:
    """Each typed line's commands; the lines below the last one are its output."""
    starts = [at for at, (_, line) in enumerate(block) if line.startswith("$ ")]
    for at, following in zip(starts, [*starts[1:], len(block)], strict=True):
        number, line = block[at]
        shown = tuple(text for _, text in block[at + 1 : following] if text.strip())
        parts = re.split(r"\s(?:&&|\||;)\s", line.removeprefix("$ "))
        for last, part in enumerate(parts, start=1 - len(parts)):
            yield _command(name, number, part, shown if last == 0 else ())


def _command(name: str, number: int, part: str, shown: tuple[str, ...]) -> Command:
    words = shlex.split(part.partition(" > ")[0])
    environment = []
    while words and (assigned := _ASSIGNED.match(words[0])):
        environment.append(assigned[1])
        words = words[1:]
    if words[:1] == ["export"]:
        environment += [found[1] for word in words if (found := _ASSIGNED.match(word))]
    return Command(name, number, tuple(words), tuple(environment), shown)
