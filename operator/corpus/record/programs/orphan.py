"""`orphan.py PROGRAM …`: starts a program that outlives whoever asked: two forks and a session of its own."""

import os
import sys

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    os._exit(0)
os.wait()
