"""Training in person at the centre: rooms, trainings of a course and their meetings, seats, attendance.

May know: learning and below (a booking belongs to an enrolment, what was attended is told to it). Must not know:
submissions and verdicts, certificates.
"""
