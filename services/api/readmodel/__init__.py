"""The read model: what the detector says, kept where it can be asked for.

It follows Kafka into a database and can be thrown away and built again from the topics.
"""
