"""What a campaign showed: for the terminal, for people (HTML), for CI (JUnit, a GitHub summary), as JSON."""
