"""Record everything that the tests of samplers and schedules compare with, anew.

    pip install -r requirements.txt && pip install --no-deps -r requirements-k-diffusion.txt
    python record_samplers.py
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RECORDS = {"sampler": "sampler/diffusers", "random": "sampler/random", "plan": "schedule/plans",
           "signature": "sampler/signatures", "upstream": "sampler/upstream", "k_diffusion": "sampler/k-diffusion"}

for script, record in RECORDS.items():
    subprocess.run([sys.executable, HERE / f"{script}_fixtures.py", HERE.parent / f"resources/{record}.json"], check=True)
