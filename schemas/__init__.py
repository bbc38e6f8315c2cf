"""The wire: every event as a pydantic model, its Avro contract, the codec between them, and what a Kafka record is
to us."""
