#!/usr/bin/env python3
"""How quickly everybody's owed balance is exported, now and as of then, on SQLite.

  python3 crates/attain-bench/balances.py                  # 10,000 participants, 24 months of rewards

Every month each participant is advanced something, or pays something back; some balances are cleared
on the way. Rows are the rewards that are added up.
"""
import argparse
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT / "target" / "bench"
ATTAIN = ROOT / "target" / "release" / "attain"
STORE = BENCH / "balances.sqlite"


def company(people):
    text = [
        "kind: settings\nname: Balances\noperating_currency: USD\ndefault_category: sales\n",
        "kind: calendar\nmonthly: {first: 2025-01, last: 2026-12}\n",
        "kind: categories\ncategories: {sales: {}}\n",
        "kind: pay_group\nid: everybody\n",
    ]
    text += [f"kind: participant\nid: rep-{n}\nname: rep {n}\npay_group: everybody\n" for n in range(people)]
    return "---\n".join(text)


def attain(*arguments):
    started = time.monotonic()
    done = subprocess.run([ATTAIN, "--store", STORE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(f"attain {' '.join(map(str, arguments))} failed:\n{done.stderr}{done.stdout}")
    return seconds, done.stdout


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--people", type=int, default=10_000)
    ap.add_argument("--months", type=int, default=24)
    ap.add_argument("--no-build", dest="build", action="store_false")
    options = ap.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    if options.build:
        subprocess.run(["cargo", "build", "--release", "-q", "-p", "attain"], check=True, cwd=ROOT)
    for old in BENCH.glob("balances.sqlite*"):
        old.unlink()
    (BENCH / "balances.yaml").write_text(company(options.people))
    rewards = BENCH / "balances.csv"
    owed = [0] * options.people
    with open(rewards, "w") as out:
        out.write("participant,amount,recoverable,date,reason\n")
        for month in range(options.months):
            for n in range(options.people):
                cents = (n * 7919 + month * 104729) % 100_000 + 1
                cents = -cents if month % 3 == 2 else cents
                owed[n] += cents
                day = f"{2025 + month // 12}-{month % 12 + 1:02d}-15"
                out.write(f"rep-{n},{cents / 100:.2f},true,{day},month {month}\n")
    attain("apply", "-f", BENCH / "balances.yaml")
    count = options.people * options.months
    seconds, _ = attain("reward", "import", rewards)
    print(f"assign {count:,} rewards: {seconds:.2f} s, {count / seconds:,.0f} a second")
    cleared = [f"rep-{n}" for n in range(0, options.people, 100)]
    seconds, _ = attain("clear", "balance", *cleared, "--date", "2026-12-20", "--reason", "a benchmark")
    print(f"clear {len(cleared)} balances: {seconds:.2f} s")
    export("now", options, count, lambda n: 0 if n % 100 == 0 else owed[n])
    export("as of 2026-12-19", options, count, lambda n: owed[n], "--as-of", "2026-12-19")


def export(name, options, count, expected, *arguments):
    """Exports all, and compares every balance with the sum that was kept beside."""
    seconds, said = attain("export", "participants", *arguments)
    lines = [line.split(",") for line in said.splitlines()]
    who, balance = lines[0].index("participant"), lines[0].index("owed_balance")
    balances = {line[who]: line[balance] for line in lines[1:]}
    for n in range(options.people):
        have = round(float(balances[f"rep-{n}"]) * 100)
        if have != expected(n):
            sys.exit(f"rep-{n} owes {have} cents, expected {expected(n)}")
    print(f"export {name}: {seconds:.2f} s, {count / seconds:,.0f} rewards and {options.people / seconds:,.0f} participants a second")


if __name__ == "__main__":
    main()
