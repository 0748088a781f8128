"""Reads a `.env` file and says which lines cannot be used, where python-dotenv alone would pass over them."""

from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream


def read_dotenv(file: Path, problems: list[str]) -> dict[str, str]:
    """Reads NAME=value lines by python-dotenv's grammar.

    What is written is what counts: `${NAME}` is not replaced, so a password may hold it.

    Args:
        file: The file, UTF-8; a missing one is no error, nor a folder of that name.
        problems: Gets one line for each line that is no NAME=value, without its text: it may hold a secret.

    Returns:
        The variables; of a name given twice, the last.
    """
    try:
        if not file.exists() or file.is_dir():
            return {}
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        problems.append(f"{file}: cannot be read: {reason}")
        return {}
    variables: dict[str, str] = {}
    for binding in parse_stream(StringIO(content)):
        if binding.error or (binding.key is not None and binding.value is None):
            text = binding.original.string
            blank_lines = text[: len(text) - len(text.lstrip())].count("\n")  # the parser counts from them
            line = binding.original.line + blank_lines
            problems.append(f"{file} line {line}: allowed: NAME=value, or # and a comment")
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
    return variables
