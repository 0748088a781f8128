"""What the chaos worker runs: this project's workflows and activities, and the closed form's."""

from temporal.chaos.workloads.closed_form.activities import activities
from temporal.chaos.workloads.closed_form.workflow import ClosedFormWorkflow, TriangleWorkflow
from temporal.workers.registration import WORKFLOWS, Registered

CHAOS = Registered((*WORKFLOWS, ClosedFormWorkflow, TriangleWorkflow), activities)
