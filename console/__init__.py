"""What a person touches: the command line. Settings are read from the environment here, and passed on."""
