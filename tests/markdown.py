"""What the tests of the documents read from Markdown: links, headings, code and tables."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
WALKTHROUGH = ROOT / "docs" / "add-your-own-workflow.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""Every document of the project."""

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: the language it names and its text."""

    language: str
    text: str


def name_of(document: Path) -> str:
    """Returns a document's path within the project, for a test's name."""
    return document.relative_to(ROOT).as_posix()


def blocks(document: Path, language: str = "") -> list[Block]:
    """Returns the fenced blocks, in order; those of one language, if one is named."""
    found = [Block(*groups) for groups in FENCED.findall(document.read_text())]
    return [block for block in found if language in ("", block.language)]


def prose(document: Path) -> str:
    """Returns the text without its fenced blocks."""
    return FENCED.sub("", document.read_text())


def code_spans(document: Path) -> list[str]:
    """Returns what stands between single backticks in the prose."""
    return re.findall(r"`([^`\n]+)`", prose(document))


def shell_lines(document: Path) -> list[str]:
    """Returns the commands of the shell blocks, comments and line continuations taken away."""
    text = "".join(block.text for block in blocks(document, "sh")).replace("\\\n", " ")
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def links(document: Path) -> list[str]:
    """Returns the targets of the links in the prose."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(document))


def headings(document: Path) -> list[str]:
    """Returns the headings, in order, without their number signs."""
    return re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """Returns what a link to a heading may name: lower case, words joined by hyphens."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings(document))
    return {word.strip().replace(" ", "-") for word in words}


def table(document: Path, header: str) -> list[list[str]]:
    """Returns the rows of the table whose first column is called `header`, each as its cells."""
    rows: list[list[str]] = []
    inside = False
    for line in prose(document).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and not inside:
            inside = cells[0] == header
        elif not line.startswith("|"):
            inside = False
        elif not set(cells[0]) <= {"-", ":"}:
            rows.append(cells)
    return rows


def named(cell: str) -> list[str]:
    """Returns the names that a table's cell puts between backticks."""
    return re.findall(r"`([^`]+)`", cell)
