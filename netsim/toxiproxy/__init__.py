"""Toxiproxy: a link that can be cut, delayed, throttled, stalled and reset, and an embedded server with its HTTP API."""
