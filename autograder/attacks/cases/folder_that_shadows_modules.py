# tries: brings files named like the modules and settings that a grader loads from the current folder
# in: E1
# honest: 0
# brings: file torch.py: raise SystemExit(40)
# brings: file json.py: raise SystemExit(40)
# brings: file sitecustomize.py: import tempfile; open(tempfile.gettempdir() + "/attack-left-site", "w")
# brings: file usercustomize.py: import tempfile; open(tempfile.gettempdir() + "/attack-left-user", "w")
# brings: file nbgrader_config.py: import tempfile; open(tempfile.gettempdir() + "/attack-left-config", "w")
# brings: file conftest.py: import tempfile; open(tempfile.gettempdir() + "/attack-left-conftest", "w")
# brings: file autograder/__init__.py: raise SystemExit(40)
# brings: file autograder/checks/__init__.py: ASSIGNMENTS = {}
# brings: file .ipython/profile_default/startup/start.py: import tempfile; open(tempfile.gettempdir() + "/attack-left-startup", "w")
# brings: file .env: PYTHONPATH=.
# brings: file pyproject.toml: [tool.pytest.ini_options]
import importlib
import sys

for name in ("autograder", "autograder.checks", "torch", "json"):
    sys.modules.pop(name, None)
    try:
        importlib.import_module(name)
    except BaseException:
        pass
