"""A worker's own copies of the states it needs: in memory, or on disk.

The changelog is the truth. A copy holds only what was committed, up to one offset of it; it may be
behind, never ahead. copy.py says what a copy is, fitness.py when one is still of use.
"""
