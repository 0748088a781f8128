"""Kills workers on purpose and tells whether everything survived; see --help."""

from temporal.cli.chaos_test import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
