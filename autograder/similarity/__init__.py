"""Code that two students share: fingerprints by copydetect (winnowing), pairs, and the passages.

What comes out is something for a person to look at, never a verdict, and for instructors alone.
"""
