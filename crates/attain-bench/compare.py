#!/usr/bin/env python3
"""Runs the tiered-commission job on DuckDB and on Attain, in turns, and compares.

  pip install duckdb numpy pyarrow
  python3 crates/attain-bench/compare.py            # 10 million sales, 30 million lines
  python3 crates/attain-bench/compare.py --rows 1000000

Generates the data once (into target/bench), builds the benchmark, and runs one round after the
other: first DuckDB on tables in memory, then Attain on columns in memory, so that both see the
same machine. Checksums are compared before any time is looked at: a wrong result ends the run.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHECKS = ("participants", "lines", "credit_e4", "pay_cents", "weighted")


def last_line(command):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return json.loads(done.stdout.strip().splitlines()[-1])


def generated(rows, participants, seed):
    folder = ROOT / "target" / "bench" / f"tiered-{rows}-{participants}-{seed}"
    if not (folder / "meta.json").exists():
        subprocess.run(
            [sys.executable, HERE / "data-generator" / "gen_tiered.py", "--rows", str(rows),
             "--participants", str(participants), "--seed", str(seed), "--out", folder, "--raw"],
            check=True)
    return folder


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=int, default=10_000_000)
    ap.add_argument("--participants", type=int, default=10_000)
    ap.add_argument("--seed", type=int, default=20260101)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--rounds", type=int, default=3)
    a = ap.parse_args()
    folder = generated(a.rows, a.participants, a.seed)
    subprocess.run(["cargo", "build", "--release", "-q", "-p", "attain-bench"], check=True, cwd=ROOT)
    duckdb = [sys.executable, HERE / "data-generator" / "bench_tiered.py", "--dir", folder,
              "--engine", "duckdb", "--threads", str(a.threads), "--repeat", "1", "--preload"]
    attain = [ROOT / "target" / "release" / "attain-bench", "tiered", "--dir", folder,
              "--threads", str(a.threads), "--repeat", "1"]
    times = {"duckdb": [], "attain": []}
    for number in range(1, a.rounds + 1):
        theirs, ours = last_line(duckdb), last_line(attain)
        for check in CHECKS:
            if theirs[check] != ours[check]:
                sys.exit(f"{check} differs: DuckDB {theirs[check]}, Attain {ours[check]}")
        for name, run in (("duckdb", theirs), ("attain", ours)):
            times[name].append((float(run["seconds"]), float(run["cpu_seconds"]), run["max_rss_mb"]))
            print(f"round {number}  {name:7} {float(run['seconds']):8.3f} s   "
                  f"processor {float(run['cpu_seconds']):7.2f} s   peak {run['max_rss_mb']} MB", flush=True)
    print("checksums agree: " + ", ".join(f"{check} {ours[check]}" for check in CHECKS))
    for index, what in ((0, "elapsed"), (1, "processor")):
        theirs, ours = (statistics.median(run[index] for run in times[n]) for n in ("duckdb", "attain"))
        ratios = sorted(t[index] / o[index] for t, o in zip(times["duckdb"], times["attain"]))
        print(f"{what}: DuckDB {theirs:.2f} s, Attain {ours:.2f} s (medians), {theirs / ours:.1f} times as fast, "
              f"by round {', '.join(f'{r:.1f}' for r in ratios)}")


if __name__ == "__main__":
    main()
