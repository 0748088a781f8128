"""What the API shows Prometheus of itself and of Temporal, on a port of its own: never names or ids."""
