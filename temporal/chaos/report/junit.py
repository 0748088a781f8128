"""The report for CI: JUnit XML, one test case a run, one suite a scenario and kind of workers."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from temporal.chaos.evidence import Verdict
from temporal.chaos.report.facts import Facts
from temporal.chaos.report.summary import breaches_of


def junit(verdicts: Sequence[Verdict], facts: Facts) -> str:
    """Returns the document; a failed run's text has its breaches and the command that does it again."""
    root = Element("testsuites", name="chaos", tests=str(len(verdicts)), failures=_failed(verdicts))
    kinds = dict.fromkeys((one.evidence.scenario, one.evidence.workers) for one in verdicts)
    for scenario, workers in kinds:
        runs = [v for v in verdicts if (v.evidence.scenario, v.evidence.workers) == (scenario, workers)]
        suite = SubElement(
            root, "testsuite", name=f"{scenario}, {workers}", tests=str(len(runs)), failures=_failed(runs)
        )
        for run in runs:
            evidence = run.evidence
            case = SubElement(
                suite,
                "testcase",
                classname=f"chaos.{scenario}.{workers}",
                name=f"run {evidence.number}, seed {evidence.seed}",
                time=f"{(evidence.ended - evidence.began).total_seconds():.3f}",
            )
            if not run.passed:
                lines = breaches_of(run)
                failure = SubElement(case, "failure", message=_printable(lines[0]))
                failure.text = _printable("\n".join([*lines, "", f"again: {facts.replay_line(evidence)}"]))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _failed(verdicts: Sequence[Verdict]) -> str:
    return str(sum(not verdict.passed for verdict in verdicts))


def _printable(text: str) -> str:
    """XML 1.0 has no way to say most control characters, and a breach may quote anything."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)
