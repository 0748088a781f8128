"""Named points: where in a workflow's life a fault strikes, and how a run knows that it is there."""
