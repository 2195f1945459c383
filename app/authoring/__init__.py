"""Drafts of courses: upload, checking, walking through, publishing, withdrawing."""
