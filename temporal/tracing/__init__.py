"""Traces by OpenTelemetry, of which nothing is loaded unless a setting turns them on."""
