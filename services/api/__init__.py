"""The HTTP API of approvals: who asks, who may decide, and what each answer means; one router a concern."""
