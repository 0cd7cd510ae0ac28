"""What `make demo` shows: one hub, three field clients, bad links, real alerts, and a verdict from the stores."""
