"""X12 5010 on the wire: claims out, answers in (837 X222A1 and X223A2, 835 X221A1, 277CA X214, 999 X231A1)."""
