"""Joins the faces of one camera's frames into passages, by motion alone."""
