"""Traces of what cannot be recorded on a machine without GPUs, in a day, or at all."""

from .doubts import LEASES, UNKNOWN
from .gpus import GPUS
from .times import CLOCKS, LONG

SYNTHETIC = [*GPUS, *CLOCKS, *UNKNOWN, *LEASES, *LONG]
