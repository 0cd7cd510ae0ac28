"""Bytes an alert: Tocsin's messages beside other encodings and other services."""
