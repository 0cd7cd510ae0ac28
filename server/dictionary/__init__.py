"""Dictionaries that a hub trains on its own history: what to train on, what is gained, when that is worth its transfer."""
