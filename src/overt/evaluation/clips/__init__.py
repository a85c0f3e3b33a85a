"""Clips whose truth is known: what a pipeline made of each passage."""
