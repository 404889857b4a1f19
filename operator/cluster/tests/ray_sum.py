"""Adds up squares in tasks of a Ray cluster and prints the sum and on how many nodes they ran."""

import ray

ray.init()


@ray.remote(num_cpus=1, scheduling_strategy="SPREAD")
def square(number):
    return number * number, ray.get_runtime_context().get_node_id()


found = ray.get([square.remote(number) for number in range(8)])
total, nodes = sum(value for value, _ in found), len({node for _, node in found})
assert (total, nodes) == (140, 2), (total, nodes)
print(f"sum {total} on {nodes} nodes")
