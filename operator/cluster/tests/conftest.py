import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "testkit"))
pytest_plugins = ["berth_cluster"]
