"""A data-parallel fit on the CPU that needs every rank: the ranks end with equal weights, or they did not talk to each other."""

import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)
torch.set_num_threads(1)
model = DistributedDataParallel(torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), 0.1)
generator = torch.Generator().manual_seed(rank)
for _ in range(20):
    features = torch.randn(64, 8, generator=generator)
    loss = torch.nn.functional.mse_loss(model(features), features.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
of_all = [torch.empty_like(weights) for _ in range(world)]
dist.all_gather(of_all, weights)
equal = all(torch.equal(of_all[0], other) for other in of_all)
print(f"rank {rank} of {world}: equal weights {equal}, loss {loss.item():.3f}", flush=True)
dist.destroy_process_group()
# Without the interpreter's own end: gloo's threads sometimes abort there, after all is done.
os._exit(0 if equal else 1)
