"""What the documents point to is there: links, headings, paths, settings, and every decision's parts."""

import re
from pathlib import Path

import pytest

from tests.markdown import DOCUMENTS, README, ROOT, anchors, code_spans, headings, links, name_of

ADRS = [document for document in DOCUMENTS if document.parent.name == "adr"]
PATH = re.compile(r"\.?[\w-]+(/[\w.*-]+)*/?")
FILE_ENDINGS = (".py", ".md", ".txt", ".toml", ".yml")
CODE_FOLDERS = ("temporal", "utils", "scripts", "tests", "docs")
VARIABLE = re.compile(r"([A-Z]+(?:_[A-Z]+)+)(?:=.*)?")


@pytest.fixture(params=DOCUMENTS, ids=name_of)
def document(request: pytest.FixtureRequest) -> Path:
    """Each document in turn."""
    found: Path = request.param
    return found


def is_path(span: str) -> bool:
    """Tells whether a code span names a file or folder of the project, from its root."""
    if not PATH.fullmatch(span):
        return False
    return (ROOT / span.split("/")[0]).is_dir() if "/" in span.rstrip("/") else span.endswith(FILE_ENDINGS)


def exists(path: str) -> bool:
    """Tells whether a path from the root, or a name alone, is one of the project's; `*` fits anything."""
    return any(ROOT.glob(path)) or any(file for name in CODE_FOLDERS for file in (ROOT / name).rglob(path))


def test_the_documents_that_a_project_needs_are_there() -> None:
    names = {name_of(document) for document in DOCUMENTS}

    assert names >= {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md"}
    assert {adr.name[:7] for adr in ADRS} >= {"ADR-004", "ADR-005", "ADR-006", "ADR-007"}


def test_every_link_leads_to_a_file_or_heading_of_the_project(document: Path) -> None:
    for link in links(document):
        if link.startswith("https://"):
            continue
        file, _, heading = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def test_every_path_that_is_named_exists(document: Path) -> None:
    paths = [span for span in code_spans(document) if is_path(span)]

    assert [path for path in paths if not exists(path)] == []


def test_every_variable_that_is_named_is_a_setting_or_a_constant_of_the_code(document: Path) -> None:
    settings = (ROOT / ".env.example").read_text()
    code = "".join(file.read_text() for file in ROOT.glob("temporal/**/*.py"))
    named = [found[1] for span in code_spans(document) if (found := VARIABLE.fullmatch(span))]

    assert [
        name
        for name in named
        if f"#{name}=" not in settings and not re.search(rf'^{name} = |"{name}"', code, re.M)
    ] == []


def test_no_document_names_a_folder_of_somebodys_machine(document: Path) -> None:
    assert not re.search(r"(?<![\w.])/(root|home|Users|tmp|work|var)/", document.read_text())


def test_every_document_is_linked_from_another_one(document: Path) -> None:
    others = [other for other in DOCUMENTS if other != document]
    linked = {(other.parent / link.partition("#")[0]).resolve() for other in others for link in links(other)}

    assert document == README or document in linked


@pytest.mark.parametrize("adr", ADRS, ids=name_of)
def test_every_decision_says_its_context_and_consequences(adr: Path) -> None:
    title, *parts = headings(adr)

    assert title.startswith(f"{adr.name[:7]}: ")
    assert parts == ["Context", "Decision", "Consequences"]
