-- Why: an earning is a signed amount with the facts that it was derived from; a reversal takes one
-- back by its exact amount. Amounts never change; payment does, and the facts may. One partition for
-- each year of the earning date.
CREATE TABLE calculation (
    workspace_id   text COLLATE "C" NOT NULL,
    calculation_id uuid NOT NULL,
    period_id      text COLLATE "C" NOT NULL,
    through_date   date NOT NULL,
    run_id         uuid NOT NULL,
    plan_versions  json NOT NULL,
    released       boolean NOT NULL,
    version        bigint NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, calculation_id)
);

ALTER TABLE calculation ENABLE ROW LEVEL SECURITY;
CREATE POLICY calculation_of_workspace ON calculation
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON calculation TO attain_app;

CREATE TABLE earning (
    workspace_id      text COLLATE "C" NOT NULL,
    earning_id        uuid NOT NULL,
    participant_id    text COLLATE "C" NOT NULL,
    plan_id           text COLLATE "C" NOT NULL,
    component_id      text COLLATE "C" NOT NULL,
    interval_id       text COLLATE "C" NOT NULL,
    -- None for an earning per interval.
    lineage_id        uuid,
    period_id         text COLLATE "C" NOT NULL,
    earning_date      date NOT NULL,
    credit_id         uuid,
    transaction_id    uuid,
    amount            numeric,
    currency          text COLLATE "C" CHECK (currency ~ '^[A-Z]{3}$'),
    error_reason      text COLLATE "C",
    error_text        text COLLATE "C",
    instalments       integer NOT NULL,
    instalments_taken integer NOT NULL,
    instalments_paid  integer NOT NULL,
    next_due          date NOT NULL,
    obsolete_at       timestamptz,
    obsolete_by       text COLLATE "C",
    obsolete_because  text COLLATE "C",
    reversal_of_id    uuid,
    calculation_id    uuid NOT NULL,
    version           bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    actor_id          text COLLATE "C" NOT NULL,
    trace             json NOT NULL,
    PRIMARY KEY (workspace_id, earning_id, earning_date),
    CHECK ((amount IS NULL) = (error_reason IS NOT NULL)),
    CHECK ((amount IS NULL) = (currency IS NULL)),
    CHECK ((obsolete_at IS NULL) = (obsolete_because IS NULL))
) PARTITION BY RANGE (earning_date);

CREATE INDEX earning_position ON earning (workspace_id, participant_id, earning_date, earning_id);
-- What a payment batch takes up; rows leave it once they are on a paysheet.
CREATE INDEX earning_payable ON earning (
    workspace_id, participant_id, earning_date, earning_id, next_due
)
WHERE amount IS NOT NULL AND obsolete_at IS NULL AND instalments_taken < instalments;
-- Current earnings are found by their key through the unique index of each partition.

ALTER TABLE earning ENABLE ROW LEVEL SECURITY;
CREATE POLICY earning_of_workspace ON earning
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT, UPDATE, DELETE ON earning TO attain_app;
GRANT INSERT ON earning TO attain_writer;

CREATE TABLE earning_history (
    workspace_id      text COLLATE "C" NOT NULL,
    earning_id        uuid NOT NULL,
    participant_id    text COLLATE "C" NOT NULL,
    plan_id           text COLLATE "C" NOT NULL,
    component_id      text COLLATE "C" NOT NULL,
    interval_id       text COLLATE "C" NOT NULL,
    lineage_id        uuid,
    period_id         text COLLATE "C" NOT NULL,
    earning_date      date NOT NULL,
    credit_id         uuid,
    transaction_id    uuid,
    amount            numeric,
    currency          text COLLATE "C",
    error_reason      text COLLATE "C",
    error_text        text COLLATE "C",
    instalments       integer NOT NULL,
    instalments_taken integer NOT NULL,
    instalments_paid  integer NOT NULL,
    next_due          date NOT NULL,
    obsolete_at       timestamptz,
    obsolete_by       text COLLATE "C",
    obsolete_because  text COLLATE "C",
    reversal_of_id    uuid,
    calculation_id    uuid NOT NULL,
    version           bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    actor_id          text COLLATE "C" NOT NULL,
    trace             json NOT NULL,
    left_because      text COLLATE "C" NOT NULL,
    left_at           timestamptz NOT NULL,
    left_by           text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, earning_id, earning_date)
) PARTITION BY RANGE (earning_date);

ALTER TABLE earning_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY earning_history_of_workspace ON earning_history
USING (workspace_id = nullif(current_setting('attain.workspace_id', true), ''))
WITH CHECK (workspace_id = nullif(current_setting('attain.workspace_id', true), ''));
GRANT SELECT, INSERT ON earning_history TO attain_app;
