"""Pushing the log to devices: one WebSocket a device, one frame for many."""
