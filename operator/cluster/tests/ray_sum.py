"""Adds up squares on every node of a Ray cluster of two; fails unless both have done their part."""

import time

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

ray.init()


@ray.remote(num_cpus=1)
def squares(numbers):
    return sum(number * number for number in numbers), ray.get_runtime_context().get_node_id()


def alive():
    return [node["NodeID"] for node in ray.nodes() if node["Alive"]]


while len(alive()) < 2:  # the worker may be still on its way; the job's deadline is the test's
    time.sleep(0.2)
parts = [range(4), range(4, 8)]
on = [NodeAffinitySchedulingStrategy(node, soft=False) for node in alive()]
found = ray.get(
    [squares.options(scheduling_strategy=where).remote(part) for where, part in zip(on, parts, strict=True)]
)
total, nodes = sum(value for value, _ in found), len({node for _, node in found})
assert (total, nodes) == (140, 2), (total, nodes)
print(f"sum {total} on {nodes} nodes")
