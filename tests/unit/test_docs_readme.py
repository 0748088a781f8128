"""The README's tables and order say what is there: folders, packages, and what a stranger reads first."""

import re
import shutil
import subprocess
import tomllib

from tests.markdown import README, ROOT, headings, named, prose, table

MAX_LINES = 200
"""A stranger should be through it in two minutes."""


def top_folders() -> set[str]:
    """Returns the folders at the top that the project consists of: those that git tracks."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        tracked = subprocess.run([git, "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
        folders = {name.split("/")[0] for name in tracked.stdout.splitlines() if "/" in name}
    else:  # an archive of the project: it has nothing else, besides what make leaves there
        ignored = (ROOT / ".gitignore").read_text().split()
        folders = {path.name for path in ROOT.iterdir() if path.is_dir() and f"{path.name}/" not in ignored}
    return {name for name in folders if name == ".ci" or not name.startswith(".")}


def packages(requirements: list[str]) -> set[str]:
    """Returns the names of requirements such as `psycopg[binary]>=3.2,<4  # why`."""
    lines = [line.partition("#")[0].strip() for line in requirements]
    return {re.split(r"[\[<>=~!; ]", line)[0] for line in lines if line}


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) < MAX_LINES


def test_the_readme_begins_with_the_promise_the_demo_and_the_quick_start() -> None:
    assert headings(README) == [
        "Durable workflows",
        "What it looks like",
        "Quick start",
        "What is where",
        "Guarantees and limits",
        "Settings",
        "Dependencies",
        "Platforms",
        "Figures",
        "Licence",
    ]


def test_every_folder_at_the_top_is_in_the_table() -> None:
    rows = table(README, "Folder")

    assert {name.rstrip("/") for row in rows for name in named(row[0])} >= top_folders()


def test_every_path_in_the_table_of_folders_exists() -> None:
    for folder, purpose in table(README, "Folder"):
        home = ROOT / named(folder)[0]
        assert home.is_dir(), folder
        for name in named(purpose):
            assert (home / name).exists() or (ROOT / name).exists(), name


def test_the_dependency_table_names_the_packages_of_the_requirements() -> None:
    rows = table(README, "Package")
    required = packages((ROOT / "requirements.txt").read_text().splitlines())

    assert {name for row in rows for name in named(row[0])} == required
    assert all(reason for _, reason in rows)


def test_the_environments_table_names_the_packages_of_the_extras() -> None:
    rows = table(README, "Only in this environment")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    installed = packages([line for extra in extras.values() for line in extra])
    assert {name for row in rows for name in named(row[0])} == installed
    assert all(reason for _, reason in rows)


def test_the_readme_points_to_the_settings_instead_of_repeating_them() -> None:
    assert "(.env.example)" in prose(README)
