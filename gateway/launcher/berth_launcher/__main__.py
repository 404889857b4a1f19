"""Entry of the launcher: `PYTHON berth_launcher run|rank|reap ATTEMPT_DIR`.

Runs on the interpreter of the user's environment, so nothing of that environment may reach the launcher's own imports:
it re-executes itself isolated (-I: no PYTHON* variables, no cwd on the path; -S: no site-packages, no .pth files), and
puts its own folder last on the path, so that no file of ours can shadow the standard library either.
"""

import os
import sys

PACKAGE_DIR = os.path.dirname(os.path.abspath(__file__))
USAGE = "usage: python berth_launcher run|rank|reap ATTEMPT_DIR"


def isolate() -> None:
    if not (sys.flags.isolated and sys.flags.no_site) and sys.executable:
        os.execv(sys.executable, [sys.executable, "-I", "-S", PACKAGE_DIR, *sys.argv[1:]])
    sys.dont_write_bytecode = True  # the installation may be read-only or shared by many interpreters
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != PACKAGE_DIR]
    sys.path.append(os.path.dirname(PACKAGE_DIR))


def main(arguments: list) -> int:
    if len(arguments) != 2 or arguments[0] not in ("run", "rank", "reap"):
        print(USAGE, file=sys.stderr)
        return 2
    command, attempt_dir = arguments[0], os.path.realpath(arguments[1])
    if not os.path.isdir(attempt_dir):
        print(f"{attempt_dir} is not a folder; {USAGE}", file=sys.stderr)
        return 2
    if command == "run":
        from berth_launcher.supervise import supervise

        return supervise(attempt_dir)
    if command == "rank":
        from berth_launcher.rank import run_rank

        return run_rank(attempt_dir)
    from berth_launcher.reap import reap

    return reap(attempt_dir)


if __name__ == "__main__":
    isolate()
    sys.exit(main(sys.argv[1:]))
