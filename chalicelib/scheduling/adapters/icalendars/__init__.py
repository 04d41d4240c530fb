"""Calendar files by `icalendar` and `recurring-ical-events`; what is not trusted is read in a child process.

This package imports nothing, so that the child, and whoever only writes, loads no more than it needs.
"""
