"""The domain, pure and synchronous: no clock, no file, no network. Time and reference data are arguments."""
