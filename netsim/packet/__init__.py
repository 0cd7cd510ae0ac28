"""Real TCP over a bad network on this machine: two namespaces, and a router in Python that delays and drops packets."""
