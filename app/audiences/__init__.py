"""Groups of people by rule: everybody who fits today, kept with the days on which they fitted.

May know: organisations, learning, credentials and below. Must not know: what is asked of anybody.
"""
