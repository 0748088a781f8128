"""Two workflows, a worker killed twice, and proof that nothing was lost; see --help."""

from temporal.cli.demo import app
from temporal.command_line import leave, run_app

if __name__ == "__main__":
    leave(run_app(app))
