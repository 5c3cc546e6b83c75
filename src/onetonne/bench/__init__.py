"""Measuring: what anyone can run again to get our figures."""
