#!/usr/bin/env python3
"""Times the tiered-commission anchor in DuckDB or Polars and prints one JSON line per run.

  python3 bench_tiered.py --dir tiered --engine duckdb --threads 2 --repeat 3
  python3 bench_tiered.py --dir tiered --engine polars --threads 2 --repeat 3

The checksums (sum of pay, and pay weighted by participant id, mod 2^61-1) must
agree between engines.  Semantics are
written down in tiered.sql.  --dump FILE writes participant_id,lines,credit_e4,pay_cents
as CSV for a line-by-line comparison.  Needs: duckdb, polars.
"""
import argparse
import json
import os
import pathlib
import resource
import time

HERE = pathlib.Path(__file__).resolve().parent
M61 = (1 << 61) - 1


def checks(rows):
    lines = sum(r[1] for r in rows)
    pay = sum(r[3] for r in rows)
    weighted = sum(r[3] * (r[0] + 1) for r in rows) % M61
    return {"participants": len(rows), "lines": lines, "credit_e4": sum(r[2] for r in rows),
            "pay_cents": pay, "weighted": weighted}


def run_duckdb(a):
    import duckdb

    sql = (HERE / "tiered.sql").read_text().replace("{dir}", a.dir)
    con = duckdb.connect()  # in memory
    con.execute(f"SET threads = {a.threads}")
    if a.memory:
        con.execute(f"SET memory_limit = '{a.memory}'")
    if a.preload:  # leave Parquet decoding out of the timing
        for t in ("participants", "transactions"):
            con.execute(f"CREATE TABLE {t} AS SELECT * FROM read_parquet('{a.dir}/{t}.parquet')")
            sql = sql.replace(f"read_parquet('{a.dir}/{t}.parquet')", t)
    for _ in range(a.repeat):
        s, c = time.perf_counter(), time.process_time()
        con.execute(sql)
        dt = (time.perf_counter() - s, time.process_time() - c)
        yield dt, con.execute("SELECT participant_id, lines, credit_e4, pay_cents FROM result").fetchall(), duckdb.__version__


def run_polars(a):
    os.environ["POLARS_MAX_THREADS"] = str(a.threads)
    import polars as pl

    def once():
        p = pl.scan_parquet(f"{a.dir}/participants.parquet")
        tx = pl.scan_parquet(f"{a.dir}/transactions.parquet")
        path = (
            p.filter(pl.col("level") == 2).select(rep_id=pl.col("participant_id").cast(pl.Int32), mgr_id="parent_id")
            .join(p.select(mgr_id="participant_id", dir_id="parent_id"), on="mgr_id")
        )
        j = tx.join(path, on="rep_id")

        def part(col, pct):
            return j.select(participant_id=pl.col(col).cast(pl.Int64), day="day", tx_id="tx_id",
                            credit_e4=pl.col("amount_cents") * pct)

        c = pl.concat([part("rep_id", 80), part("mgr_id", 15), part("dir_id", 5)])
        c = c.sort("participant_id", "day", "tx_id")
        c = c.with_columns(b=pl.col("credit_e4").cum_sum().over("participant_id"))
        c = c.join(p.select("participant_id", "quota_e4"), on="participant_id", maintain_order="left")
        q = pl.col("quota_e4")
        t1, t2, t3 = q // 2, q, q // 2 * 3
        b, aa = pl.col("b"), pl.col("b") - pl.col("credit_e4")
        lo, hi = pl.min_horizontal, pl.max_horizontal
        pay = (
            200 * (lo(b, t1) - lo(aa, t1))
            + 400 * (hi(lo(b, t2), t1) - hi(lo(aa, t2), t1))
            + 600 * (hi(lo(b, t3), t2) - hi(lo(aa, t3), t2))
            + 900 * (hi(b, t3) - hi(aa, t3))
            + 500_000
        ) // 1_000_000
        return (
            c.with_columns(pay_cents=pay).group_by("participant_id")
            .agg(lines=pl.len(), credit_e4=pl.col("credit_e4").sum(), pay_cents=pl.col("pay_cents").sum())
            .sort("participant_id").collect()
        )

    for _ in range(a.repeat):
        s, c = time.perf_counter(), time.process_time()
        r = once()
        dt = (time.perf_counter() - s, time.process_time() - c)
        yield dt, r.rows(), pl.__version__


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--dir", required=True)
    ap.add_argument("--engine", choices=["duckdb", "polars"], default="duckdb")
    ap.add_argument("--threads", type=int, default=os.cpu_count())
    ap.add_argument("--repeat", type=int, default=3)
    ap.add_argument("--memory", help="DuckDB memory_limit, e.g. 8GB")
    ap.add_argument("--preload", action="store_true", help="DuckDB: load the Parquet into tables first, untimed")
    ap.add_argument("--dump", help="CSV of the result")
    a = ap.parse_args()
    rows = None
    for dt, rows, version in (run_duckdb if a.engine == "duckdb" else run_polars)(a):
        print(json.dumps({"engine": a.engine, "version": version, "threads": a.threads, "preload": a.preload,
                          "seconds": round(dt[0], 3), "cpu_seconds": round(dt[1], 2), "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                          **checks(rows)}), flush=True)
    if a.dump and rows is not None:
        with open(a.dump, "w") as f:
            f.write("participant_id,lines,credit_e4,pay_cents\n")
            f.writelines(",".join(map(str, r)) + "\n" for r in rows)


if __name__ == "__main__":
    main()
