"""Starts a workflow and waits for its end; see --help."""

from temporal.cli.start_workflow import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
