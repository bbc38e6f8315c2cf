"""One module per stage, each with the whole path of an event; worker.py alone puts things together."""
