"""Faust's transport, changed so that records travel in sets and nothing is lost.

Stock Faust handles one record at a time and commits beside the work, not with it. Here a fetch
of one partition travels as one message (a `RecordSet`), and the detector commits outputs, state
and offsets in one Kafka transaction a partition number.

This package is the only one that relies on private names of faust-streaming 0.15.3, mode and
aiokafka 0.14.0, which is why both are pinned exactly and tests/detector/test_private_names.py
holds the list. Overridden or read:

- faust Consumer: `_getmany`, `_to_message`, `ack`, `_filter_tps_with_pending_acks`, `_add_gap`,
  `_read_offset`, `_new_consumer_thread`, `_buffered_partitions`, `_committed_offset`,
  `_unacked_messages`, and when Faust calls `perform_seek`, `wait_empty`, `resume_partitions`
- faust AIOKafkaConsumerThread: `_create_worker_consumer`, `_fetch_records`, `_ensure_consumer`
- faust App: `_new_transport`, `on_rebalance_end`, `crash`; tables.recovery.active_offsets
- faust Table: `_new_store_by_url`
- aiokafka AIOKafkaConsumer: `_isolation_level`, `_fetch_max_wait_ms`, `_subscription`,
  `_coordinator`, `_fetcher` and that one's `_fetch_max_wait_ms`
- aiokafka.producer.sender: `BACKOFF_OVERRIDE`
- aiokafka AIOKafkaAdminClient: `_send_request`, and the classes that protocol messages are made of

What every reader needs, the API's and the commands' too, is in topics/headers.py instead:
aiokafka.consumer.fetcher `MemoryRecords`, `PartitionRecords` (`_unpack_records`, `_records`) and
aiokafka.record.default_records `_DefaultRecordBatchPy` (`_maybe_uncompress`, `_buffer`), and in
topics/groups.py AIOKafkaAdminClient `_send_request`.
"""
