#!/usr/bin/env python3
"""A month of sales on Postgres and on SQLite, beside plain COPY of the same rows.

  pip install numpy
  python3 crates/attain-bench/month.py                       # 1 million sales
  python3 crates/attain-bench/month.py --rows 1000000 2000000 4000000

Everything happens in one run on one machine, in turns, so that only ratios matter:

  import   `attain import transactions` against `psql \\copy` of the rows that it stored, into the
           same (empty) table of another database
  month    `attain run all`: credit, roll up over three levels, calculate, all results stored,
           against `psql \\copy` of the very same credits and earnings into the same empty tables
  workers  the month again, worked on by one and by two `attain worker` processes
  sqlite   import and month on the embedded store

Larger numbers of rows are for the growth of time and memory: each is done once, without COPY.

The cluster is made for the benchmark (PostgreSQL's own defaults, durable) under target/bench, or
give ATTAIN_BENCH_POSTGRES_URL of a superuser. pg_test_fsync tells what the disk is worth.
"""
import argparse
import json
import os
import pathlib
import pwd
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT / "target" / "bench"
ATTAIN = ROOT / "target" / "release" / "attain"
PEOPLE = (5, 20, 500)  # vice presidents, directors, managers; the rest sell


def write_company(folder, participants):
    """Settings, calendar, plans, rules and people, as a user would write them."""
    tops = ["vice-president", "director", "manager"]
    reps = participants - sum(PEOPLE)
    groups = [(level, count) for level, count in zip(tops, PEOPLE)] + [("rep", reps)]
    text = [
        "kind: settings\nname: Month\noperating_currency: USD\ndefault_category: sales\n",
        "kind: attributes\ntransaction: {rep: text}\n",
        "kind: calendar\nmonthly: {first: 2026-01, last: 2026-12}\n",
        "kind: categories\ncategories: {sales: {}}\n",
        "kind: pay_group\nid: everybody\n",
        "kind: rule_set\nid: sales\nrules:\n  - id: seller\n    receivers: [{attribute: rep}]\n",
        """kind: plan
id: rep
measures: [{id: sales, interval: period, goal: quota}]
goals: [{id: quota, per_period: 500000}]
rate_tables:
  - {id: tiers, by: {percent_of_goal: sales}, percents: {0..50: 2%, 50..100: 4%, 100..150: 6%, 150..: 9%}}
components:
  - {id: commission, basis: per_event, running_total: true, rounding: each_earning, interval: period, measures: [sales], rate: {table: tiers, split: step}}
""",
    ]
    for level in tops:
        text.append(f"""kind: plan
id: {level}
measures: [{{id: team, interval: period}}]
rate_tables:
  - {{id: tiers, by: {{value: team}}, percents: {{0..10000000: 1%, 10000000..: 0.5%}}}}
components:
  - {{id: override, basis: per_event, running_total: true, rounding: each_earning, interval: period, indirect: manager, measures: [team], rate: {{table: tiers, split: step}}}}
""")
    above = {"director": ("vice-president", PEOPLE[0]), "manager": ("director", PEOPLE[1]), "rep": ("manager", PEOPLE[2])}
    for level, count in groups:
        for number in range(count):
            person = f"kind: participant\nid: {level}-{number}\nname: {level} {number}\npay_group: everybody\nplans: {level}\n"
            if level in above:
                boss, bosses = above[level]
                person += f"reports_to: {boss}-{number % bosses}\n"
            text.append(person)
    (folder / "company.yaml").write_text("---\n".join(text))
    return reps


def generated(rows, participants, seed):
    import numpy as np
    folder = BENCH / f"month-{rows}-{participants}-{seed}"
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    reps = write_company(folder, participants)
    rng = np.random.Generator(np.random.PCG64(seed))
    with open(folder / "transactions.csv", "w") as out:
        out.write("number,type,event_date,amount,currency,attribute.rep\n")
        for start in range(0, rows, 1 << 18):
            count = min(1 << 18, rows - start)
            day, rep, cents = rng.integers(1, 32, count), rng.integers(0, reps, count), rng.integers(100, 1_000_001, count)
            out.write("".join(
                f"{start + i},ORDER,2026-01-{d:02d},{c // 100}.{c % 100:02d},USD,rep-{r}\n"
                for i, (d, r, c) in enumerate(zip(day.tolist(), rep.tolist(), cents.tolist()))))
    (folder / "done").touch()
    return folder


class Cluster:
    """A durable cluster with the server's own defaults, on a unix socket."""

    def __init__(self):
        self.url = os.environ.get("ATTAIN_BENCH_POSTGRES_URL")
        self.folder = None
        if self.url:
            return
        self.bin = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        self.folder = BENCH / "postgres"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.run_as = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.run_as = ["runuser", "-u", "postgres", "--"]
        sockets = pathlib.Path("/tmp/attain-bench-postgres")
        sockets.mkdir(exist_ok=True)
        sockets.chmod(0o777)
        data = self.folder / "data"
        self.pg("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.pg("pg_ctl", "-D", data, "-w", "-l", self.folder / "log",
                "-o", f"-c listen_addresses='' -k {sockets}", "start")
        self.url = f"postgresql://postgres@localhost/{{}}?host={sockets}"

    def pg(self, program, *arguments):
        subprocess.run([*self.run_as, self.bin / program, *arguments], check=True, cwd="/",
                       stdout=subprocess.DEVNULL)

    def database(self, name):
        return self.url.format(name)

    def sql(self, database, *statements):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.database(database)]
        for statement in statements:
            command += ["-c", statement]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd="/").stdout.strip()

    def copy_of(self, new, old):
        self.sql("postgres", f"drop database if exists {new}", f"create database {new} template {old}", "checkpoint")

    def fsync(self):
        """Durable writes of 8 kB that the disk does in a second, by pg_test_fsync."""
        if not self.folder:
            return None
        done = subprocess.run([*self.run_as, self.bin / "pg_test_fsync", "-s", "1", "-f", self.folder / "fsync"],
                              stdout=subprocess.PIPE, text=True, cwd="/")
        found = re.search(r"fdatasync\s+([\d.]+) ops/sec", done.stdout)
        return float(found.group(1)) if found else None

    def stop(self):
        if self.folder:
            self.pg("pg_ctl", "-D", self.folder / "data", "-m", "fast", "stop")


class Backends(threading.Thread):
    """Watches how much memory of its own any server process takes."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak_kb, self.over = 0, threading.Event()

    def run(self):
        while not self.over.wait(0.2):
            for status in pathlib.Path("/proc").glob("[0-9]*/status"):
                try:
                    text = status.read_text()
                except OSError:
                    continue
                if text.startswith("Name:\tpostgres\n"):
                    found = re.search(r"RssAnon:\s+(\d+)", text)
                    self.peak_kb = max(self.peak_kb, int(found.group(1)) if found else 0)


def attain(store, *arguments, may_differ=False):
    """Runs Attain; gives seconds and peak megabytes."""
    started = time.monotonic()
    process = subprocess.Popen([ATTAIN, "--store", store, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status and not may_differ:
        sys.exit(f"attain {' '.join(map(str, arguments))} failed")
    return seconds, usage.ru_maxrss / 1024


def timed_copy(cluster, database, table, file):
    started = time.monotonic()
    cluster.sql(database, f"\\copy {table} from '{file}'")
    return time.monotonic() - started


def dump(cluster, database, table, key, file):
    cluster.sql(database, f"\\copy (select * from {table} order by {key}) to '{file}'")


def say(text):
    print(text, flush=True)


def measure(cluster, rows, options):
    first = rows == options.rows[0]
    folder = generated(rows, options.participants, options.seed)
    results = {"rows": rows}
    say(f"\n{rows:,} sales, {options.participants:,} participants")
    cluster.sql("postgres", "drop database if exists company", "create database company")
    attain(cluster.database("company"), "migrate")
    attain(cluster.database("company"), "apply", "-f", folder / "company.yaml")
    imports, copies = [], []
    for number in range(options.import_rounds if first else 1):
        cluster.copy_of("month", "company")
        cluster.copy_of("plain", "company")
        seconds, memory = attain(cluster.database("month"), "import", "transactions", folder / "transactions.csv")
        imports.append(seconds)
        if not first:
            say(f"  import {seconds:7.1f} s ({rows / seconds:9,.0f} rows/s, {memory:4.0f} MB)")
            break
        dump(cluster, "month", "base_transaction", "transaction_id", BENCH / "rows.copy")
        copies.append(timed_copy(cluster, "plain", "base_transaction", BENCH / "rows.copy"))
        say(f"  import {seconds:7.1f} s ({rows / seconds:9,.0f} rows/s, {memory:4.0f} MB)   "
            f"\\copy {copies[-1]:7.1f} s ({rows / copies[-1]:9,.0f} rows/s)   {copies[-1] / seconds:.0%} of its rate")
    results["import"], results["import_memory_mb"] = statistics.median(imports), memory
    if copies:
        results["import_copy"] = statistics.median(copies)
    cluster.copy_of("imported", "month")
    months, plains = [], []
    for number in range(options.rounds if first else 1):
        cluster.copy_of("month", "imported")
        backends = Backends()
        backends.start()
        seconds, memory = attain(cluster.database("month"), "run", "all", "--period", "2026-01")
        backends.over.set()
        months.append(seconds)
        results["memory_mb"] = memory
        results["backend_mb"] = backends.peak_kb / 1024
        counted = cluster.sql("month", "select (select count(*) from credit), (select count(*) from earning), (select sum(amount) from earning)")
        say(f"  month  {seconds:7.1f} s, {memory:4.0f} MB, largest server process {backends.peak_kb / 1024:4.0f} MB; "
            f"credits|earnings|total {counted}")
        if options.copy and first:
            total = 0.0
            cluster.copy_of("plain", "company")
            for table, key in (("credit", "credit_id"), ("earning", "earning_id")):
                dump(cluster, "month", table, key, BENCH / "rows.copy")
                part = timed_copy(cluster, "plain", table, BENCH / "rows.copy")
                say(f"         \\copy {table} {part:.1f} s")
                total += part
            plains.append(total)
            say(f"         {seconds / total:.2f} times plain COPY")
    results["month"] = statistics.median(months)
    if plains:
        results["month_copy"] = statistics.median(plains)
    return results


def with_workers(cluster, count):
    """The month worked on by `count` processes."""
    cluster.copy_of("month", "imported")
    store = cluster.database("month")
    started = time.monotonic()
    detached = subprocess.run([ATTAIN, "--store", store, "run", "all", "--period", "2026-01", "--detach"],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    workers = [subprocess.Popen([ATTAIN, "--store", store, "worker"], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for _ in range(count)]
    while cluster.sql("month", "select count(*) from process_run where status in ('queued', 'running')") != "0":
        time.sleep(0.2)
    seconds = time.monotonic() - started
    memory = 0
    for worker in workers:
        worker.terminate()
        memory = max(memory, os.wait4(worker.pid, 0)[2].ru_maxrss / 1024)
    say(f"  {count} worker(s) {seconds:7.1f} s, {memory:4.0f} MB each at most")
    return seconds


def on_sqlite(rows, options):
    folder = generated(rows, options.participants, options.seed)
    file = BENCH / "month.sqlite"
    for old in BENCH.glob("month.sqlite*"):
        old.unlink()
    attain(file, "apply", "-f", folder / "company.yaml")
    imported, _ = attain(file, "import", "transactions", folder / "transactions.csv")
    month, memory = attain(file, "run", "all", "--period", "2026-01")
    say(f"  SQLite: import {imported:.1f} s, month {month:.1f} s, {memory:.0f} MB")
    return imported, month


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    ap.add_argument("--participants", type=int, default=10_000)
    ap.add_argument("--seed", type=int, default=20260101)
    ap.add_argument("--rounds", type=int, default=1, help="of the month")
    ap.add_argument("--import-rounds", type=int, default=3)
    ap.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    ap.add_argument("--no-copy", dest="copy", action="store_false", help="skip the plain COPY of the month")
    ap.add_argument("--no-build", dest="build", action="store_false", help="measure what is built already")
    ap.add_argument("--no-sqlite", dest="sqlite", action="store_false")
    options = ap.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    if options.build:
        subprocess.run(["cargo", "build", "--release", "-q", "-p", "attain"], check=True, cwd=ROOT)
    cluster = Cluster()
    try:
        say(f"pg_test_fsync: {cluster.fsync()} fdatasync/s; load {os.getloadavg()[0]:.1f}")
        all_results = []
        for rows in options.rows:
            results = measure(cluster, rows, options)
            if rows == options.rows[0]:
                results["workers"] = {count: with_workers(cluster, count) for count in options.workers}
                if options.sqlite:
                    results["sqlite"] = on_sqlite(rows, options)
            all_results.append(results)
        for before, after in zip(all_results, all_results[1:]):
            say(f"{before['rows']:,} -> {after['rows']:,}: time x{after['month'] / before['month']:.2f}, "
                f"memory x{after['memory_mb'] / before['memory_mb']:.2f}, server process x{after['backend_mb'] / before['backend_mb']:.2f}")
        say(json.dumps(all_results))
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
