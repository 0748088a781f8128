"""What the page `/dashboard` shows: from Prometheus where a setting names one, else from the API itself."""
