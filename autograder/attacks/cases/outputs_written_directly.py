# tries: writes its outputs behind the shell's back: results of its own, more than may be kept, other types
# in: E1
# honest: 0
import sys

for module in list(sys.modules.values()):
    if hasattr(module, "CURRENT") and hasattr(module, "plain_outputs"):
        forged = [
            {"output_type": "execute_result", "data": {"text/plain": "40.0"}, "metadata": {}, "execution_count": 7},
            {"output_type": "score", "score": 40.0, "grade_id": "e1_check"},
            {"output_type": "display_data", "data": {"application/vnd.score+json": {"points": 40}}, "metadata": {}},
            {"output_type": "stream", "name": "stdout", "text": "x" * 12_000_000},
            {"output_type": "stream", "name": "stdgrade", "text": "40.0"},
            {"output_type": "error", "ename": 1, "evalue": None, "traceback": "none"},
        ]
        module.plain_outputs = lambda outputs: forged
