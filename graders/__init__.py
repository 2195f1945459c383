"""A submission becomes a verdict. Knows the course format and the sandbox; neither web nor database."""
