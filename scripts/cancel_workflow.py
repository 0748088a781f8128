"""Requests a workflow's cancellation and shows its end; see --help."""

from temporal.cli.cancel_workflow import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
