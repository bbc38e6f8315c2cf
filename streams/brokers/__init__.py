"""Local brokers behind one interface: embedded (noida-db), Apache Kafka by Maven, Apache Kafka in a container."""

from streams.brokers.apache import apache
from streams.brokers.broker import Broker, BrokerUnavailable
from streams.brokers.container import container
from streams.brokers.embedded import embedded

__all__ = ["Broker", "BrokerUnavailable", "apache", "container", "embedded"]
