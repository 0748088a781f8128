"""Decides an approval, or sends any signal to a workflow; see --help."""

from temporal.cli.send_signal import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
