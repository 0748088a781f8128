"""Prometheus for real: alert rules, dashboards and scrape configuration, each run by its own programs."""
