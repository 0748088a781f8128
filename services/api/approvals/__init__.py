"""What the API and the page do with approvals: plain functions that take who asks and raise `Problem`."""
