"""How RocksDB is set for copies: little memory, short waits, nothing that a changelog gives."""

from __future__ import annotations

from typing import Final

from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options

_CACHE_BYTES: Final = 64 * 1024 * 1024
_BUFFER_BYTES: Final = 32 * 1024 * 1024  # also what is read again after the process was killed
_BACKGROUND_JOBS: Final = 2
_BLOOM_BITS: Final = 10


def options() -> Options:
    """Give the settings of a database.

    Its log is not synced to the disk at each write: after a loss of power the copy is behind,
    as after any other crash, and the changelog has the rest.
    """
    chosen = Options(raw_mode=True)
    chosen.create_if_missing(create_if_missing=True)
    chosen.set_compression_type(DBCompressionType.lz4())
    chosen.set_write_buffer_size(_BUFFER_BYTES)
    chosen.set_max_background_jobs(_BACKGROUND_JOBS)
    chosen.set_block_based_table_factory(_blocks())
    chosen.set_keep_log_file_num(2)
    chosen.set_stats_dump_period_sec(0)
    return chosen


def _blocks() -> BlockBasedOptions:
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(_CACHE_BYTES))
    blocks.set_cache_index_and_filter_blocks(v=True)
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(v=True)
    blocks.set_bloom_filter(_BLOOM_BITS, block_based=False)
    return blocks
