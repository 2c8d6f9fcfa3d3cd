#!/usr/bin/env python3
"""What a correction costs beside the run that it corrects, on SQLite.

  pip install numpy
  python3 crates/attain-bench/corrections.py                  # 1 million credits, 1,000 adjusted

A company without running totals and without roll-up: what a person earns for one sale depends on no
other. The month is imported, run and paid; then 1,000 credits of some people are adjusted in one
request, first those of few people, then those of many; then Revert and everything after it. Rows touched are those that the runs count.
"""
import argparse
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT / "target" / "bench"
ATTAIN = ROOT / "target" / "release" / "attain"
STORE = BENCH / "corrections.sqlite"


def company(people):
    text = [
        "kind: settings\nname: Corrections\noperating_currency: USD\ndefault_category: sales\n",
        "kind: attributes\ntransaction: {rep: text}\n",
        "kind: calendar\nmonthly: {first: 2026-01, last: 2026-12}\n",
        "kind: categories\ncategories: {sales: {}}\n",
        "kind: pay_group\nid: everybody\n",
        "kind: rule_set\nid: sales\nrules:\n  - id: seller\n    receivers: [{attribute: rep}]\n",
        """kind: plan
id: rep
measures: [{id: sales, interval: period}]
components:
  - {id: commission, basis: per_event, interval: period, measures: [sales], output: measure.sales.value * 0.05}
""",
    ]
    text += [f"kind: participant\nid: rep-{n}\nname: rep {n}\npay_group: everybody\nplans: rep\n" for n in range(people)]
    return "---\n".join(text)


def attain(*arguments, quiet=True):
    started = time.monotonic()
    done = subprocess.run([ATTAIN, "--store", STORE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(f"attain {' '.join(map(str, arguments))} failed:\n{done.stderr}{done.stdout}")
    return seconds, done.stdout + done.stderr


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--credits", type=int, default=1_000_000)
    ap.add_argument("--people", type=int, default=10_000)
    ap.add_argument("--adjusted", type=int, default=1_000)
    ap.add_argument("--of-people", type=int, nargs="+", default=[20, 1_000], help="whose credits are adjusted, round by round")
    ap.add_argument("--no-build", dest="build", action="store_false")
    options = ap.parse_args()
    import numpy as np
    BENCH.mkdir(parents=True, exist_ok=True)
    if options.build:
        subprocess.run(["cargo", "build", "--release", "-q", "-p", "attain"], check=True, cwd=ROOT)
    for old in BENCH.glob("corrections.sqlite*"):
        old.unlink()
    (BENCH / "corrections.yaml").write_text(company(options.people))
    rng = np.random.Generator(np.random.PCG64(20260101))
    day = rng.integers(1, 32, options.credits).tolist()
    cents = rng.integers(100, 1_000_001, options.credits).tolist()
    with open(BENCH / "corrections.csv", "w") as out:
        out.write("number,type,event_date,amount,currency,attribute.rep\n")
        for i in range(options.credits):
            out.write(f"{i},ORDER,2026-01-{day[i]:02d},{cents[i] // 100}.{cents[i] % 100:02d},USD,rep-{i % options.people}\n")
    attain("apply", "-f", BENCH / "corrections.yaml")
    imported, _ = attain("import", "transactions", BENCH / "corrections.csv")
    full, _ = attain("run", "all", "--period", "2026-01")
    print(f"import {imported:.1f} s, the whole month {full:.1f} s ({options.credits:,} credits)", flush=True)
    _, said = attain("pay", "create", "--group", "everybody", "--period", "2026-01", "-o", "json")
    batch = re.search(r"bat_[0-9a-f]+", said).group(0)
    attain("pay", "freeze", batch)
    attain("pay", "run", batch)
    for round_, people in enumerate(options.of_people):
        correct(options, round_, people, full)


def correct(options, round_, of_people, full):
    """Adjusts credits of so many people, from one after those of the rounds before."""
    first = sum(options.of_people[:round_])
    sales = [(n // of_people) * options.people + first + n % of_people for n in range(options.adjusted)]
    with sqlite3.connect(f"file:{STORE}?mode=ro", uri=True) as store, open(BENCH / "adjust.csv", "w") as out:
        out.write("credit,amount\n")
        for sale in sales:
            # A look into the file, so as not to list a million credits.
            found = store.execute("SELECT lower(hex(credit_id)) FROM credit WHERE source_number = ?", [str(sale)])
            out.write(f"crd_{found.fetchone()[0]},1.00\n")
    print(f"\n{options.adjusted:,} credits of {of_people:,} people:")
    saved, _ = attain("adjust", "file", BENCH / "adjust.csv", "--reason", "a benchmark")
    reverted, counts = attain("revert")
    print(f"  adjust {saved:.2f} s\n  revert {reverted:.2f} s: {' '.join(counts.split())[:600]}", flush=True)
    calculated, counts = attain("run", "calculate", "--period", "2026-01")
    print(f"  calculate {calculated:.2f} s: {' '.join(counts.split())[:600]}", flush=True)
    rest, counts = attain("run", "all", "--period", "2026-01")
    print(f"  the rest of run all {rest:.2f} s: {' '.join(counts.split())[:600]}", flush=True)
    times = {"full": full, "adjust": saved, "revert": reverted, "calculate": calculated, "rest": rest}
    print(" ", json.dumps(times))
    print(f"  revert and calculate take {(reverted + calculated) / full:.2%} of the whole month")


if __name__ == "__main__":
    main()
