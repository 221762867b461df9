"""How an event comes to its owner where ids are spread over partition numbers: hop by hop.

Pure and synchronous: no Kafka, no wall clock. docs/decisions/0027 has the rule in words.
"""
