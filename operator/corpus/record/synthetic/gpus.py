"""GPUs: held, used, shared, and cut into slices that nobody can measure."""

from ..scenario import keep, limits, stop
from .written import a_kernel, evidence, gpu, readings, synthetic

GPUS = [
    synthetic(
        "gpu-memory-held",
        "A model lies in the memory of an A100 that nobody has used for an hour. Held memory is no work.",
        limits(kernel=20),
        readings(28, lambda m: evidence(a_kernel(**gpu("whole", 0)))),
        keep("a", 0, 19),
        stop("a", 20, 25),
    ),
    synthetic(
        "gpu-works-kernel-silent",
        "A cell waits for the GPU and uses no processor itself.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(state="busy", **gpu("whole", 97)))),
        keep("a", 0, 40),
    ),
    synthetic(
        "gpu-works-kernel-idle",
        "The cell has ended, a process that it started trains on the GPU and uses hardly any processor.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(**gpu("whole", 55)))),
        keep("a", 0, 40),
    ),
    synthetic(
        "gpu-bursts",
        "An evaluation uses the GPU for a moment each eight minutes. Its person waits for the end.",
        limits(kernel=10),
        readings(48, lambda m: evidence(a_kernel(**gpu("whole", 30 if m % 8 == 0 else 0)))),
        keep("a", 0, 48),
    ),
    synthetic(
        "mig-idle",
        "A MIG slice: nobody can measure its use. Everything else of the kernel is idle, and a kernel that is idle in all that can "
        "be seen is not kept by what cannot.",
        limits(kernel=20),
        readings(28, lambda m: evidence(a_kernel(**gpu("mig", None)))),
        keep("a", 0, 19),
        stop("a", 20, 25),
    ),
    synthetic(
        "mig-trains",
        "A cell trains on a MIG slice: no use of a GPU can be measured, and it is no zero.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(state="busy", cpu_s=10 + m * 1.2, **gpu("mig", None)))),
        keep("a", 0, 40),
    ),
    synthetic(
        "mig-child-trains",
        "The same in a child of an idle kernel.",
        limits(kernel=10),
        readings(
            40,
            lambda m: evidence(
                a_kernel(**gpu("mig", None)),
                processes=[
                    {
                        "id": "p1",
                        "program": "python",
                        "kernel": "a",
                        "terminal": None,
                        "cpu_s": round(5 + m * 3, 1),
                        "io_bytes": 0,
                    }
                ],
            ),
        ),
        keep("a", 0, 40),
    ),
    synthetic(
        "shared-gpu-stranger",
        "A shared GPU is fully used, by somebody else. Of our kernel's processes nothing is in that.",
        limits(kernel=20),
        readings(28, lambda m: evidence(a_kernel(**gpu("shared", 0, 2_000)))),
        keep("a", 0, 19),
        stop("a", 20, 25),
    ),
    synthetic(
        "shared-gpu-own",
        "A shared GPU of which our kernel uses a little.",
        limits(kernel=10),
        readings(40, lambda m: evidence(a_kernel(**gpu("shared", 3, 2_000)))),
        keep("a", 0, 40),
    ),
    synthetic(
        "two-gpus-one-used",
        "Two kernels with a GPU each: one trains, the other was forgotten.",
        limits(kernel=15, workspace=15),
        readings(
            24,
            lambda m: evidence(
                a_kernel("a", state="busy", cpu_s=10 + m * 40, **gpu("whole", 80)), a_kernel("b", **gpu("whole", 0))
            ),
        ),
        keep("a", 0, 24),
        keep("b", 0, 14),
        stop("b", 15, 20),
        keep(None, 0, 24),
    ),
]
