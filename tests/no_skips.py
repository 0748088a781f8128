"""pytest plugin of `make test`: a run in which a test was skipped, or expected to fail, has failed.

A skip hides a promise that nobody checks. What a machine cannot run is deselected by its marker instead.
"""

import pytest


class NoSkips:
    """Collects what was skipped and turns the run's exit status to 1."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notes a module that skips itself as a whole."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a test that was skipped or expected to fail, whether it then did or not."""
        if report.skipped or hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails a run that would have passed."""
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says which ones."""
        for name in self.skipped:
            terminalreporter.write_line(
                f"FAILED {name}: was skipped or expected to fail; deselect it by a marker", red=True
            )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the plugin for this run."""
    config.pluginmanager.register(NoSkips(), "no-skips")
