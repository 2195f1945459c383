"""Questions asked of all of it: exports and overviews for instructors and managers."""
