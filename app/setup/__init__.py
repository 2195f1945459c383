"""Bringing a data folder up to date before serving: what `./run` calls between installing and starting."""
