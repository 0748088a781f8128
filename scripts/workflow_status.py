"""Shows where a workflow is, with or without a worker; see --help."""

from temporal.cli.workflow_status import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
