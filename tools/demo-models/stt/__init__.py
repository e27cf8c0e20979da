"""Trains, exports and measures the demo speech model."""
