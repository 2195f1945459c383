"""What can be learnt. Courses are files; a published version is immutable and named by the digest of its files.

May know: graders.course (the format), blobs, the database. Must not know: people, enrolments.
"""
