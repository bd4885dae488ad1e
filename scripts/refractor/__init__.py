"""The Refractor library: why did a matched drug not help this patient?"""

__version__ = "0.1.0"
