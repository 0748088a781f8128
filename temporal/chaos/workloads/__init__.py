"""What runs while faults strike: this project's workflows, one whose answer is known, or your own."""
