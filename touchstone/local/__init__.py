"""Everything on one machine: Apache Kafka and the services as child processes of `up`."""
