"""The monolithic worker process: it runs every workflow and activity of this project."""
