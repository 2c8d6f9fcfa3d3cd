-- What all steps add up to, as the server describes it. Written by a test, which compares
-- it: run it with ATTAIN_REWRITE_SCHEMA=1 to write it anew.

-- columns
activity_log.workspace_id text COLLATE "C" NOT NULL
activity_log.activity_id uuid NOT NULL
activity_log.logged_at timestamp with time zone NOT NULL
activity_log.actor_id text COLLATE "C" NOT NULL
activity_log.request_id text COLLATE "C"
activity_log.run_id uuid
activity_log.action text COLLATE "C" NOT NULL
activity_log.record_kind text COLLATE "C" NOT NULL
activity_log.subject text COLLATE "C" NOT NULL
activity_log.record_count bigint NOT NULL
activity_log.was text COLLATE "C"
activity_log.became text COLLATE "C"
activity_log.reason text COLLATE "C"
base_transaction.workspace_id text COLLATE "C" NOT NULL
base_transaction.transaction_id uuid NOT NULL
base_transaction.source_number text COLLATE "C" NOT NULL
base_transaction.transaction_type text COLLATE "C" NOT NULL
base_transaction.event_date date NOT NULL
base_transaction.period_id text COLLATE "C" NOT NULL
base_transaction.status text COLLATE "C" NOT NULL
base_transaction.error_reason text COLLATE "C"
base_transaction.error_text text COLLATE "C"
base_transaction.category_id text COLLATE "C"
base_transaction.preserve_credits boolean NOT NULL
base_transaction.hold boolean NOT NULL
base_transaction.do_not_classify boolean NOT NULL
base_transaction.do_not_roll_up boolean NOT NULL
base_transaction.do_not_calculate boolean NOT NULL
base_transaction.replaces_id uuid
base_transaction.replaced_by_id uuid
base_transaction.version bigint NOT NULL
base_transaction.created_at timestamp with time zone NOT NULL
base_transaction.updated_at timestamp with time zone NOT NULL
base_transaction.actor_id text COLLATE "C" NOT NULL
base_transaction.amount numeric NOT NULL
base_transaction.currency text COLLATE "C" NOT NULL
base_transaction.operating_amount numeric NOT NULL
base_transaction.operating_currency text COLLATE "C" NOT NULL
base_transaction.currency_rate numeric NOT NULL
base_transaction.quantity numeric NOT NULL
base_transaction.source_updated_at timestamp with time zone
base_transaction.attributes json NOT NULL
base_transaction_history.workspace_id text COLLATE "C" NOT NULL
base_transaction_history.transaction_id uuid NOT NULL
base_transaction_history.source_number text COLLATE "C" NOT NULL
base_transaction_history.transaction_type text COLLATE "C" NOT NULL
base_transaction_history.event_date date NOT NULL
base_transaction_history.period_id text COLLATE "C" NOT NULL
base_transaction_history.status text COLLATE "C" NOT NULL
base_transaction_history.error_reason text COLLATE "C"
base_transaction_history.error_text text COLLATE "C"
base_transaction_history.category_id text COLLATE "C"
base_transaction_history.preserve_credits boolean NOT NULL
base_transaction_history.hold boolean NOT NULL
base_transaction_history.do_not_classify boolean NOT NULL
base_transaction_history.do_not_roll_up boolean NOT NULL
base_transaction_history.do_not_calculate boolean NOT NULL
base_transaction_history.replaces_id uuid
base_transaction_history.replaced_by_id uuid
base_transaction_history.version bigint NOT NULL
base_transaction_history.created_at timestamp with time zone NOT NULL
base_transaction_history.updated_at timestamp with time zone NOT NULL
base_transaction_history.actor_id text COLLATE "C" NOT NULL
base_transaction_history.amount numeric NOT NULL
base_transaction_history.currency text COLLATE "C" NOT NULL
base_transaction_history.operating_amount numeric NOT NULL
base_transaction_history.operating_currency text COLLATE "C" NOT NULL
base_transaction_history.currency_rate numeric NOT NULL
base_transaction_history.quantity numeric NOT NULL
base_transaction_history.source_updated_at timestamp with time zone
base_transaction_history.attributes json NOT NULL
base_transaction_history.left_because text COLLATE "C" NOT NULL
base_transaction_history.left_at timestamp with time zone NOT NULL
base_transaction_history.left_by text COLLATE "C" NOT NULL
calculation.workspace_id text COLLATE "C" NOT NULL
calculation.calculation_id uuid NOT NULL
calculation.period_id text COLLATE "C" NOT NULL
calculation.through_date date NOT NULL
calculation.run_id uuid NOT NULL
calculation.plan_versions json NOT NULL
calculation.released boolean NOT NULL
calculation.version bigint NOT NULL
calculation.created_at timestamp with time zone NOT NULL
calculation.updated_at timestamp with time zone NOT NULL
calculation.actor_id text COLLATE "C" NOT NULL
change_log.workspace_id text COLLATE "C" NOT NULL
change_log.period_id text COLLATE "C" NOT NULL
change_log.everybody boolean NOT NULL
change_log.participant_id text COLLATE "C" NOT NULL
credit.workspace_id text COLLATE "C" NOT NULL
credit.credit_id uuid NOT NULL
credit.lineage_id uuid NOT NULL
credit.transaction_id uuid
credit.source_number text COLLATE "C" NOT NULL
credit.transaction_type text COLLATE "C" NOT NULL
credit.participant_id text COLLATE "C" NOT NULL
credit.kind text COLLATE "C" NOT NULL
credit.origin text COLLATE "C" NOT NULL
credit.rule_set_id text COLLATE "C"
credit.rule_id text COLLATE "C"
credit.source_credit_id uuid
credit.through_id text COLLATE "C"
credit.amount numeric NOT NULL
credit.currency text COLLATE "C" NOT NULL
credit.quantity numeric NOT NULL
credit.percent numeric NOT NULL
credit.revenue boolean NOT NULL
credit.rolls_up boolean NOT NULL
credit.calculates boolean NOT NULL
credit.credit_date date NOT NULL
credit.roll_up_date date NOT NULL
credit.period_id text COLLATE "C" NOT NULL
credit.category_id text COLLATE "C"
credit.status text COLLATE "C" NOT NULL
credit.error_reason text COLLATE "C"
credit.error_text text COLLATE "C"
credit.obsolete_at timestamp with time zone
credit.obsolete_by text COLLATE "C"
credit.obsolete_because text COLLATE "C"
credit.version bigint NOT NULL
credit.created_at timestamp with time zone NOT NULL
credit.updated_at timestamp with time zone NOT NULL
credit.actor_id text COLLATE "C" NOT NULL
credit.adjusted_from_id uuid
credit.obsolete_reason text COLLATE "C"
credit_history.workspace_id text COLLATE "C" NOT NULL
credit_history.credit_id uuid NOT NULL
credit_history.lineage_id uuid NOT NULL
credit_history.transaction_id uuid
credit_history.source_number text COLLATE "C" NOT NULL
credit_history.transaction_type text COLLATE "C" NOT NULL
credit_history.participant_id text COLLATE "C" NOT NULL
credit_history.kind text COLLATE "C" NOT NULL
credit_history.origin text COLLATE "C" NOT NULL
credit_history.rule_set_id text COLLATE "C"
credit_history.rule_id text COLLATE "C"
credit_history.source_credit_id uuid
credit_history.through_id text COLLATE "C"
credit_history.amount numeric NOT NULL
credit_history.currency text COLLATE "C" NOT NULL
credit_history.quantity numeric NOT NULL
credit_history.percent numeric NOT NULL
credit_history.revenue boolean NOT NULL
credit_history.rolls_up boolean NOT NULL
credit_history.calculates boolean NOT NULL
credit_history.credit_date date NOT NULL
credit_history.roll_up_date date NOT NULL
credit_history.period_id text COLLATE "C" NOT NULL
credit_history.category_id text COLLATE "C"
credit_history.status text COLLATE "C" NOT NULL
credit_history.error_reason text COLLATE "C"
credit_history.error_text text COLLATE "C"
credit_history.obsolete_at timestamp with time zone
credit_history.obsolete_by text COLLATE "C"
credit_history.obsolete_because text COLLATE "C"
credit_history.version bigint NOT NULL
credit_history.created_at timestamp with time zone NOT NULL
credit_history.updated_at timestamp with time zone NOT NULL
credit_history.actor_id text COLLATE "C" NOT NULL
credit_history.left_because text COLLATE "C" NOT NULL
credit_history.left_at timestamp with time zone NOT NULL
credit_history.left_by text COLLATE "C" NOT NULL
credit_history.adjusted_from_id uuid
credit_history.obsolete_reason text COLLATE "C"
definition.workspace_id text COLLATE "C" NOT NULL
definition.kind text COLLATE "C" NOT NULL
definition.definition_id text COLLATE "C" NOT NULL
definition.version bigint NOT NULL
definition.live boolean NOT NULL
definition.document json
definition.created_at timestamp with time zone NOT NULL
definition.updated_at timestamp with time zone NOT NULL
definition.actor_id text COLLATE "C" NOT NULL
earning.workspace_id text COLLATE "C" NOT NULL
earning.earning_id uuid NOT NULL
earning.participant_id text COLLATE "C" NOT NULL
earning.plan_id text COLLATE "C" NOT NULL
earning.component_id text COLLATE "C" NOT NULL
earning.interval_id text COLLATE "C" NOT NULL
earning.lineage_id uuid
earning.period_id text COLLATE "C" NOT NULL
earning.earning_date date NOT NULL
earning.credit_id uuid
earning.transaction_id uuid
earning.amount numeric
earning.currency text COLLATE "C"
earning.error_reason text COLLATE "C"
earning.error_text text COLLATE "C"
earning.instalments integer NOT NULL
earning.instalments_taken integer NOT NULL
earning.instalments_paid integer NOT NULL
earning.next_due date NOT NULL
earning.obsolete_at timestamp with time zone
earning.obsolete_by text COLLATE "C"
earning.obsolete_because text COLLATE "C"
earning.reversal_of_id uuid
earning.calculation_id uuid NOT NULL
earning.version bigint NOT NULL
earning.created_at timestamp with time zone NOT NULL
earning.updated_at timestamp with time zone NOT NULL
earning.actor_id text COLLATE "C" NOT NULL
earning.trace json NOT NULL
earning.obsolete_reason text COLLATE "C"
earning.awaits_calculation boolean NOT NULL
earning_history.workspace_id text COLLATE "C" NOT NULL
earning_history.earning_id uuid NOT NULL
earning_history.participant_id text COLLATE "C" NOT NULL
earning_history.plan_id text COLLATE "C" NOT NULL
earning_history.component_id text COLLATE "C" NOT NULL
earning_history.interval_id text COLLATE "C" NOT NULL
earning_history.lineage_id uuid
earning_history.period_id text COLLATE "C" NOT NULL
earning_history.earning_date date NOT NULL
earning_history.credit_id uuid
earning_history.transaction_id uuid
earning_history.amount numeric
earning_history.currency text COLLATE "C"
earning_history.error_reason text COLLATE "C"
earning_history.error_text text COLLATE "C"
earning_history.instalments integer NOT NULL
earning_history.instalments_taken integer NOT NULL
earning_history.instalments_paid integer NOT NULL
earning_history.next_due date NOT NULL
earning_history.obsolete_at timestamp with time zone
earning_history.obsolete_by text COLLATE "C"
earning_history.obsolete_because text COLLATE "C"
earning_history.reversal_of_id uuid
earning_history.calculation_id uuid NOT NULL
earning_history.version bigint NOT NULL
earning_history.created_at timestamp with time zone NOT NULL
earning_history.updated_at timestamp with time zone NOT NULL
earning_history.actor_id text COLLATE "C" NOT NULL
earning_history.trace json NOT NULL
earning_history.left_because text COLLATE "C" NOT NULL
earning_history.left_at timestamp with time zone NOT NULL
earning_history.left_by text COLLATE "C" NOT NULL
earning_history.obsolete_reason text COLLATE "C"
earning_history.awaits_calculation boolean NOT NULL
payment_batch.workspace_id text COLLATE "C" NOT NULL
payment_batch.batch_id uuid NOT NULL
payment_batch.pay_group_id text COLLATE "C" NOT NULL
payment_batch.period_id text COLLATE "C" NOT NULL
payment_batch.pay_date date NOT NULL
payment_batch.status text COLLATE "C" NOT NULL
payment_batch.version bigint NOT NULL
payment_batch.created_at timestamp with time zone NOT NULL
payment_batch.updated_at timestamp with time zone NOT NULL
payment_batch.actor_id text COLLATE "C" NOT NULL
payment_line.workspace_id text COLLATE "C" NOT NULL
payment_line.line_id uuid NOT NULL
payment_line.paysheet_id uuid NOT NULL
payment_line.batch_id uuid NOT NULL
payment_line.participant_id text COLLATE "C" NOT NULL
payment_line.kind text COLLATE "C" NOT NULL
payment_line.earning_id uuid NOT NULL
payment_line.instalment integer NOT NULL
payment_line.plan_id text COLLATE "C" NOT NULL
payment_line.component_id text COLLATE "C" NOT NULL
payment_line.period_id text COLLATE "C" NOT NULL
payment_line.earning_date date NOT NULL
payment_line.amount numeric NOT NULL
payment_line.currency text COLLATE "C" NOT NULL
payment_line.currency_rate numeric NOT NULL
payment_line.pay_amount numeric NOT NULL
payment_line.pay_currency text COLLATE "C" NOT NULL
payment_line.held boolean NOT NULL
payment_line.version bigint NOT NULL
payment_line.created_at timestamp with time zone NOT NULL
payment_line.updated_at timestamp with time zone NOT NULL
payment_line.actor_id text COLLATE "C" NOT NULL
paysheet.workspace_id text COLLATE "C" NOT NULL
paysheet.paysheet_id uuid NOT NULL
paysheet.batch_id uuid NOT NULL
paysheet.participant_id text COLLATE "C" NOT NULL
paysheet.status text COLLATE "C" NOT NULL
paysheet.total numeric NOT NULL
paysheet.total_currency text COLLATE "C" NOT NULL
paysheet.held numeric NOT NULL
paysheet.held_currency text COLLATE "C" NOT NULL
paysheet.version bigint NOT NULL
paysheet.created_at timestamp with time zone NOT NULL
paysheet.updated_at timestamp with time zone NOT NULL
paysheet.actor_id text COLLATE "C" NOT NULL
paysheet.settlement json
process_run.workspace_id text COLLATE "C" NOT NULL
process_run.run_id uuid NOT NULL
process_run.process text COLLATE "C" NOT NULL
process_run.range_from date
process_run.range_to date
process_run.status text COLLATE "C" NOT NULL
process_run.stage text COLLATE "C"
process_run.units_done bigint NOT NULL
process_run.units_total bigint NOT NULL
process_run.counts json NOT NULL
process_run.cancel_requested boolean NOT NULL
process_run.lease_until timestamp with time zone NOT NULL
process_run.ended_at timestamp with time zone
process_run.version bigint NOT NULL
process_run.created_at timestamp with time zone NOT NULL
process_run.updated_at timestamp with time zone NOT NULL
process_run.actor_id text COLLATE "C" NOT NULL
process_run_log.workspace_id text COLLATE "C" NOT NULL
process_run_log.run_id uuid NOT NULL
process_run_log.entry_number bigint NOT NULL
process_run_log.logged_at timestamp with time zone NOT NULL
process_run_log.level text COLLATE "C" NOT NULL
process_run_log.reason text COLLATE "C"
process_run_log.subject text COLLATE "C" NOT NULL
process_run_log.entry_text text COLLATE "C" NOT NULL
request.workspace_id text COLLATE "C" NOT NULL
request.request_id text COLLATE "C" NOT NULL
request.digest text COLLATE "C" NOT NULL
request.answer text COLLATE "C" NOT NULL
request.carried_out_at timestamp with time zone NOT NULL
reward.workspace_id text COLLATE "C" NOT NULL
reward.reward_id uuid NOT NULL
reward.participant_id text COLLATE "C" NOT NULL
reward.amount numeric NOT NULL
reward.currency text COLLATE "C" NOT NULL
reward.recoverable boolean NOT NULL
reward.kind text COLLATE "C" NOT NULL
reward.account_plan_id text COLLATE "C"
reward.origin text COLLATE "C" NOT NULL
reward.origin_plan_id text COLLATE "C"
reward.origin_batch_id uuid
reward.origin_step text COLLATE "C"
reward.plan_id text COLLATE "C"
reward.component_id text COLLATE "C"
reward.reward_date date NOT NULL
reward.reason text COLLATE "C" NOT NULL
reward.payment text COLLATE "C" NOT NULL
reward.batch_id uuid
reward.paysheet_id uuid
reward.currency_rate numeric
reward.pay_amount numeric
reward.pay_currency text COLLATE "C"
reward.held boolean
reward.paid_at timestamp with time zone
reward.clear_id uuid
reward.cleared_at timestamp with time zone
reward.cleared_by text COLLATE "C"
reward.withdrawn_at timestamp with time zone
reward.withdrawn_by text COLLATE "C"
reward.withdrawn_reason text COLLATE "C"
reward.version bigint NOT NULL
reward.created_at timestamp with time zone NOT NULL
reward.updated_at timestamp with time zone NOT NULL
reward.actor_id text COLLATE "C" NOT NULL
reward_clear.workspace_id text COLLATE "C" NOT NULL
reward_clear.clear_id uuid NOT NULL
reward_clear.participant_id text COLLATE "C" NOT NULL
reward_clear.clear_date date NOT NULL
reward_clear.cleared_at timestamp with time zone NOT NULL
reward_clear.cleared_by text COLLATE "C" NOT NULL
reward_clear.reason text COLLATE "C" NOT NULL
reward_clear.origin text COLLATE "C" NOT NULL
reward_clear.origin_plan_id text COLLATE "C"
reward_clear.origin_batch_id uuid
reward_clear.forgiven numeric NOT NULL
reward_clear.currency text COLLATE "C" NOT NULL
reward_clear.rewards json NOT NULL
reward_clear.undo_id uuid
reward_clear.undone_date date
reward_clear.undone_at timestamp with time zone
reward_clear.version bigint NOT NULL
reward_clear.created_at timestamp with time zone NOT NULL
reward_clear.updated_at timestamp with time zone NOT NULL
reward_clear.actor_id text COLLATE "C" NOT NULL
reward_clear_undo.workspace_id text COLLATE "C" NOT NULL
reward_clear_undo.undo_id uuid NOT NULL
reward_clear_undo.clear_id uuid NOT NULL
reward_clear_undo.participant_id text COLLATE "C" NOT NULL
reward_clear_undo.undo_date date NOT NULL
reward_clear_undo.reason text COLLATE "C" NOT NULL
reward_clear_undo.restored numeric NOT NULL
reward_clear_undo.currency text COLLATE "C" NOT NULL
reward_clear_undo.version bigint NOT NULL
reward_clear_undo.created_at timestamp with time zone NOT NULL
reward_clear_undo.updated_at timestamp with time zone NOT NULL
reward_clear_undo.actor_id text COLLATE "C" NOT NULL
rewards_mark.workspace_id text COLLATE "C" NOT NULL
rewards_mark.participant_id text COLLATE "C" NOT NULL
rewards_mark.mark bigint NOT NULL
run_chunk.workspace_id text COLLATE "C" NOT NULL
run_chunk.chunk_id uuid NOT NULL
run_chunk.run_id uuid NOT NULL
run_chunk.chunk_number bigint NOT NULL
run_chunk.actor_id text COLLATE "C" NOT NULL
run_chunk.request_id text COLLATE "C"
run_chunk.task json NOT NULL
run_chunk.state text COLLATE "C" NOT NULL
run_chunk.worker_id text COLLATE "C"
run_chunk.lease_until timestamp with time zone
run_chunk.error_reason text COLLATE "C"
run_chunk.error_text text COLLATE "C"
run_chunk.attempt bigint NOT NULL
run_chunk.version bigint NOT NULL
run_chunk.counts json NOT NULL
run_chunk.units bigint NOT NULL
run_chunk.failures json NOT NULL
run_claim.workspace_id text COLLATE "C" NOT NULL
run_claim.run_id uuid NOT NULL
run_claim.period_id text COLLATE "C" NOT NULL
run_claim.everybody boolean NOT NULL
run_claim.participant_id text COLLATE "C" NOT NULL
schema_step.number integer NOT NULL
schema_step.name text COLLATE "C" NOT NULL
schema_step.checksum text COLLATE "C" NOT NULL
transaction_key.workspace_id text COLLATE "C" NOT NULL
transaction_key.source_number text COLLATE "C" NOT NULL
transaction_key.transaction_type text COLLATE "C" NOT NULL
transaction_key.newest_id uuid NOT NULL
transaction_key.newest_date date NOT NULL
transaction_key.live_id uuid
work_item.workspace_id text COLLATE "C" NOT NULL
work_item.work_item_id uuid NOT NULL
work_item.stage text COLLATE "C" NOT NULL
work_item.period_id text COLLATE "C" NOT NULL
work_item.first_transaction_id uuid NOT NULL
work_item.last_transaction_id uuid NOT NULL
workspace.workspace_id text COLLATE "C" NOT NULL
workspace.created_at timestamp with time zone NOT NULL
workspace.definitions_mark bigint NOT NULL

-- partitioned tables
base_transaction BY RANGE (event_date)
base_transaction_history BY RANGE (event_date)
credit BY RANGE (credit_date)
credit_history BY RANGE (credit_date)
earning BY RANGE (earning_date)
earning_history BY RANGE (earning_date)

-- options
rewards_mark fillfactor=70
transaction_key fillfactor=85

-- constraints
activity_log activity_log_action_check CHECK ((action = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text])))
activity_log activity_log_pkey PRIMARY KEY (workspace_id, activity_id)
base_transaction base_transaction_check CHECK (((status = 'error'::text) = (error_reason IS NOT NULL)))
base_transaction base_transaction_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
base_transaction base_transaction_operating_currency_check CHECK ((operating_currency ~ '^[A-Z]{3}$'::text))
base_transaction base_transaction_pkey PRIMARY KEY (workspace_id, transaction_id, event_date)
base_transaction base_transaction_status_check CHECK ((status = ANY (ARRAY['new'::text, 'classified'::text, 'credited'::text, 'error'::text, 'obsolete'::text, 'cancelled'::text])))
base_transaction_history base_transaction_history_pkey PRIMARY KEY (workspace_id, transaction_id, event_date)
calculation calculation_pkey PRIMARY KEY (workspace_id, calculation_id)
change_log change_log_check CHECK ((everybody = (participant_id = ''::text)))
change_log change_log_pkey PRIMARY KEY (workspace_id, period_id, everybody, participant_id)
credit credit_check CHECK (((status = 'error'::text) = (error_reason IS NOT NULL)))
credit credit_check1 CHECK (((obsolete_at IS NULL) = (obsolete_because IS NULL)))
credit credit_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
credit credit_kind_check CHECK ((kind = ANY (ARRAY['direct'::text, 'indirect'::text, 'team'::text])))
credit credit_obsolete_reason_check CHECK (((obsolete_reason IS NULL) OR (obsolete_at IS NOT NULL)))
credit credit_origin_check CHECK ((origin = ANY (ARRAY['rule'::text, 'given'::text, 'from'::text])))
credit credit_pkey PRIMARY KEY (workspace_id, credit_id, credit_date)
credit credit_status_check CHECK ((status = ANY (ARRAY['credited'::text, 'eligible'::text, 'error'::text])))
credit_history credit_history_pkey PRIMARY KEY (workspace_id, credit_id, credit_date)
definition definition_check CHECK (((NOT live) OR (document IS NOT NULL)))
definition definition_pkey PRIMARY KEY (workspace_id, kind, definition_id, version)
definition definition_version_check CHECK ((version > 0))
earning earning_check CHECK (((amount IS NULL) = (error_reason IS NOT NULL)))
earning earning_check1 CHECK (((amount IS NULL) = (currency IS NULL)))
earning earning_check2 CHECK (((obsolete_at IS NULL) = (obsolete_because IS NULL)))
earning earning_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
earning earning_obsolete_reason_check CHECK (((obsolete_reason IS NULL) OR (obsolete_at IS NOT NULL)))
earning earning_pkey PRIMARY KEY (workspace_id, earning_id, earning_date)
earning_history earning_history_pkey PRIMARY KEY (workspace_id, earning_id, earning_date)
payment_batch payment_batch_pkey PRIMARY KEY (workspace_id, batch_id)
payment_batch payment_batch_status_check CHECK ((status = ANY (ARRAY['building'::text, 'unpaid'::text, 'frozen'::text, 'paying'::text, 'paid'::text, 'deleting'::text])))
payment_line payment_line_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
payment_line payment_line_kind_check CHECK ((kind = ANY (ARRAY['earning'::text, 'reversal'::text])))
payment_line payment_line_pay_currency_check CHECK ((pay_currency ~ '^[A-Z]{3}$'::text))
payment_line payment_line_pkey PRIMARY KEY (workspace_id, line_id)
paysheet paysheet_held_currency_check CHECK ((held_currency ~ '^[A-Z]{3}$'::text))
paysheet paysheet_pkey PRIMARY KEY (workspace_id, paysheet_id)
paysheet paysheet_status_check CHECK ((status = ANY (ARRAY['unpaid'::text, 'locked'::text, 'submitted'::text, 'approved'::text, 'paid'::text])))
paysheet paysheet_total_currency_check CHECK ((total_currency ~ '^[A-Z]{3}$'::text))
process_run process_run_pkey PRIMARY KEY (workspace_id, run_id)
process_run process_run_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'succeeded_with_errors'::text, 'failed'::text, 'cancelled'::text])))
process_run_log process_run_log_level_check CHECK ((level = ANY (ARRAY['info'::text, 'error'::text])))
process_run_log process_run_log_pkey PRIMARY KEY (workspace_id, run_id, entry_number)
request request_pkey PRIMARY KEY (workspace_id, request_id)
reward reward_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
reward reward_kind_check CHECK ((kind = ANY (ARRAY['bonus'::text, 'advance'::text, 'repayment'::text, 'adjustment'::text])))
reward reward_origin_check CHECK ((origin = ANY (ARRAY['by_hand'::text, 'payment_plan'::text, 'negative_sheet'::text])))
reward reward_origin_step_check CHECK ((origin_step = ANY (ARRAY['draw'::text, 'draw_taken_back'::text, 'recovery'::text, 'pay_cap'::text])))
reward reward_origin_whole CHECK ((((origin = 'payment_plan'::text) = (origin_plan_id IS NOT NULL)) AND ((origin = 'by_hand'::text) = (origin_batch_id IS NULL)) AND ((origin = 'by_hand'::text) = (origin_step IS NULL))))
reward reward_pay_currency_check CHECK ((pay_currency ~ '^[A-Z]{3}$'::text))
reward reward_payment_check CHECK ((payment = ANY (ARRAY['unpaid'::text, 'on_paysheet'::text, 'paid'::text])))
reward reward_payment_whole CHECK ((((payment = 'unpaid'::text) = (paysheet_id IS NULL)) AND ((payment = 'paid'::text) = (paid_at IS NOT NULL))))
reward reward_pkey PRIMARY KEY (workspace_id, reward_id)
reward_clear reward_clear_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
reward_clear reward_clear_origin_check CHECK ((origin = ANY (ARRAY['by_hand'::text, 'waived'::text])))
reward_clear reward_clear_origin_whole CHECK ((((origin = 'waived'::text) = (origin_plan_id IS NOT NULL)) AND ((origin = 'waived'::text) = (origin_batch_id IS NOT NULL))))
reward_clear reward_clear_pkey PRIMARY KEY (workspace_id, clear_id)
reward_clear_undo reward_clear_undo_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
reward_clear_undo reward_clear_undo_pkey PRIMARY KEY (workspace_id, undo_id)
rewards_mark rewards_mark_pkey PRIMARY KEY (workspace_id, participant_id)
run_chunk run_chunk_check CHECK (((state = 'leased'::text) = (worker_id IS NOT NULL)))
run_chunk run_chunk_check1 CHECK (((state = 'leased'::text) = (lease_until IS NOT NULL)))
run_chunk run_chunk_check2 CHECK (((state = 'failed'::text) = (error_reason IS NOT NULL)))
run_chunk run_chunk_check3 CHECK (((state = 'failed'::text) = (error_text IS NOT NULL)))
run_chunk run_chunk_pkey PRIMARY KEY (workspace_id, chunk_id)
run_chunk run_chunk_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'leased'::text, 'done'::text, 'failed'::text])))
run_claim run_claim_check CHECK ((everybody = (participant_id = ''::text)))
run_claim run_claim_pkey PRIMARY KEY (workspace_id, run_id, period_id, everybody, participant_id)
schema_step schema_step_pkey PRIMARY KEY (number)
transaction_key transaction_key_pkey PRIMARY KEY (workspace_id, source_number, transaction_type)
work_item work_item_pkey PRIMARY KEY (workspace_id, work_item_id)
workspace workspace_pkey PRIMARY KEY (workspace_id)

-- indexes
CREATE INDEX base_transaction_history_key ON ONLY public.base_transaction_history USING btree (workspace_id, source_number, transaction_type, transaction_id)
CREATE INDEX base_transaction_period ON ONLY public.base_transaction USING btree (workspace_id, period_id, transaction_id)
CREATE INDEX base_transaction_replaced ON ONLY public.base_transaction USING btree (workspace_id, transaction_id) WHERE (replaced_by_id IS NOT NULL)
CREATE INDEX credit_adjusted_from ON ONLY public.credit USING btree (workspace_id, adjusted_from_id, credit_id) WHERE (adjusted_from_id IS NOT NULL)
CREATE INDEX credit_history_key ON ONLY public.credit_history USING btree (workspace_id, source_number, transaction_type, credit_id)
CREATE INDEX credit_obsolete ON ONLY public.credit USING btree (workspace_id, credit_id) WHERE (obsolete_at IS NOT NULL)
CREATE INDEX credit_position ON ONLY public.credit USING btree (workspace_id, participant_id, credit_date, source_number, transaction_type, kind, lineage_id) WHERE (obsolete_at IS NULL)
CREATE INDEX credit_summarised ON ONLY public.credit USING btree (workspace_id, through_id, participant_id, credit_date, credit_id) WHERE ((origin = 'from'::text) AND (source_credit_id IS NULL) AND (obsolete_at IS NULL))
CREATE INDEX credit_transaction ON ONLY public.credit USING btree (workspace_id, transaction_id, credit_id) WHERE (transaction_id IS NOT NULL)
CREATE INDEX earning_history_participant ON ONLY public.earning_history USING btree (workspace_id, participant_id, earning_id)
CREATE INDEX earning_obsolete ON ONLY public.earning USING btree (workspace_id, earning_id) WHERE (obsolete_at IS NOT NULL)
CREATE INDEX earning_obsolete_lineage ON ONLY public.earning USING btree (workspace_id, lineage_id, earning_id) WHERE (obsolete_at IS NOT NULL)
CREATE INDEX earning_payable ON ONLY public.earning USING btree (workspace_id, participant_id, earning_date, earning_id, next_due) WHERE ((amount IS NOT NULL) AND (obsolete_at IS NULL) AND (instalments_taken < instalments))
CREATE INDEX earning_position ON ONLY public.earning USING btree (workspace_id, participant_id, earning_date, earning_id)
CREATE INDEX earning_waiting ON ONLY public.earning USING btree (workspace_id, participant_id, earning_date, earning_id) WHERE awaits_calculation
CREATE INDEX payment_line_earning ON public.payment_line USING btree (workspace_id, earning_id, line_id)
CREATE INDEX payment_line_held ON public.payment_line USING btree (workspace_id, line_id) WHERE held
CREATE INDEX payment_line_paysheet ON public.payment_line USING btree (workspace_id, paysheet_id)
CREATE INDEX paysheet_batch ON public.paysheet USING btree (workspace_id, batch_id, participant_id, paysheet_id)
CREATE INDEX paysheet_participant ON public.paysheet USING btree (workspace_id, participant_id, paysheet_id)
CREATE INDEX paysheet_settled ON public.paysheet USING btree (workspace_id, participant_id, batch_id, paysheet_id) WHERE (settlement IS NOT NULL)
CREATE INDEX process_run_at_work ON public.process_run USING btree (workspace_id, run_id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]))
CREATE INDEX reward_clear_participant ON public.reward_clear USING btree (workspace_id, participant_id, clear_id)
CREATE INDEX reward_clear_undo_clear ON public.reward_clear_undo USING btree (workspace_id, clear_id, undo_id)
CREATE INDEX reward_participant ON public.reward USING btree (workspace_id, participant_id, reward_date, reward_id)
CREATE INDEX reward_payable ON public.reward USING btree (workspace_id, participant_id, reward_date, reward_id) WHERE ((payment = 'unpaid'::text) AND (withdrawn_at IS NULL))
CREATE INDEX reward_paysheet ON public.reward USING btree (workspace_id, paysheet_id, reward_id) WHERE (paysheet_id IS NOT NULL)
CREATE INDEX run_chunk_at_work ON public.run_chunk USING btree (workspace_id, run_id, chunk_number) WHERE (state = ANY (ARRAY['waiting'::text, 'leased'::text]))
CREATE INDEX run_chunk_ended ON public.run_chunk USING btree (workspace_id, run_id, chunk_number) WHERE (state = ANY (ARRAY['done'::text, 'failed'::text]))
CREATE INDEX work_item_stage ON public.work_item USING btree (workspace_id, stage, period_id, work_item_id)
CREATE UNIQUE INDEX activity_log_pkey ON public.activity_log USING btree (workspace_id, activity_id)
CREATE UNIQUE INDEX base_transaction_history_pkey ON ONLY public.base_transaction_history USING btree (workspace_id, transaction_id, event_date)
CREATE UNIQUE INDEX base_transaction_pkey ON ONLY public.base_transaction USING btree (workspace_id, transaction_id, event_date)
CREATE UNIQUE INDEX calculation_pkey ON public.calculation USING btree (workspace_id, calculation_id)
CREATE UNIQUE INDEX change_log_pkey ON public.change_log USING btree (workspace_id, period_id, everybody, participant_id)
CREATE UNIQUE INDEX credit_history_pkey ON ONLY public.credit_history USING btree (workspace_id, credit_id, credit_date)
CREATE UNIQUE INDEX credit_pkey ON ONLY public.credit USING btree (workspace_id, credit_id, credit_date)
CREATE UNIQUE INDEX definition_live ON public.definition USING btree (workspace_id, kind, definition_id) WHERE live
CREATE UNIQUE INDEX definition_pkey ON public.definition USING btree (workspace_id, kind, definition_id, version)
CREATE UNIQUE INDEX earning_history_pkey ON ONLY public.earning_history USING btree (workspace_id, earning_id, earning_date)
CREATE UNIQUE INDEX earning_pkey ON ONLY public.earning USING btree (workspace_id, earning_id, earning_date)
CREATE UNIQUE INDEX payment_batch_pkey ON public.payment_batch USING btree (workspace_id, batch_id)
CREATE UNIQUE INDEX payment_line_pkey ON public.payment_line USING btree (workspace_id, line_id)
CREATE UNIQUE INDEX paysheet_pkey ON public.paysheet USING btree (workspace_id, paysheet_id)
CREATE UNIQUE INDEX process_run_log_pkey ON public.process_run_log USING btree (workspace_id, run_id, entry_number)
CREATE UNIQUE INDEX process_run_pkey ON public.process_run USING btree (workspace_id, run_id)
CREATE UNIQUE INDEX request_pkey ON public.request USING btree (workspace_id, request_id)
CREATE UNIQUE INDEX reward_clear_pkey ON public.reward_clear USING btree (workspace_id, clear_id)
CREATE UNIQUE INDEX reward_clear_undo_pkey ON public.reward_clear_undo USING btree (workspace_id, undo_id)
CREATE UNIQUE INDEX reward_pkey ON public.reward USING btree (workspace_id, reward_id)
CREATE UNIQUE INDEX rewards_mark_pkey ON public.rewards_mark USING btree (workspace_id, participant_id)
CREATE UNIQUE INDEX run_chunk_number ON public.run_chunk USING btree (workspace_id, run_id, chunk_number)
CREATE UNIQUE INDEX run_chunk_pkey ON public.run_chunk USING btree (workspace_id, chunk_id)
CREATE UNIQUE INDEX run_claim_pkey ON public.run_claim USING btree (workspace_id, run_id, period_id, everybody, participant_id)
CREATE UNIQUE INDEX schema_step_pkey ON public.schema_step USING btree (number)
CREATE UNIQUE INDEX transaction_key_pkey ON public.transaction_key USING btree (workspace_id, source_number, transaction_type)
CREATE UNIQUE INDEX work_item_pkey ON public.work_item USING btree (workspace_id, work_item_id)
CREATE UNIQUE INDEX workspace_pkey ON public.workspace USING btree (workspace_id)

-- policies
activity_log activity_log_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
base_transaction base_transaction_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
base_transaction_history base_transaction_history_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
calculation calculation_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
change_log change_log_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
credit credit_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
credit_history credit_history_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
definition definition_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
earning earning_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
earning_history earning_history_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
payment_batch payment_batch_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
payment_line payment_line_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
paysheet paysheet_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
process_run process_run_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
process_run_log process_run_log_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
request request_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
reward reward_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
reward_clear reward_clear_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
reward_clear_undo reward_clear_undo_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
rewards_mark rewards_mark_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
run_chunk run_chunk_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
run_claim run_claim_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
transaction_key transaction_key_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
work_item work_item_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))
workspace workspace_of_workspace PERMISSIVE ALL USING (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text)) CHECK (workspace_id = NULLIF(current_setting('attain.workspace_id'::text, true), ''::text))

-- tables with row security
activity_log
base_transaction
base_transaction_history
calculation
change_log
credit
credit_history
definition
earning
earning_history
payment_batch
payment_line
paysheet
process_run
process_run_log
request
reward
reward_clear
reward_clear_undo
rewards_mark
run_chunk
run_claim
transaction_key
work_item
workspace

-- rights on tables
activity_log attain_app INSERT, SELECT
base_transaction attain_app DELETE, INSERT, SELECT, UPDATE
base_transaction attain_writer INSERT
base_transaction_history attain_app INSERT, SELECT
calculation attain_app DELETE, INSERT, SELECT, UPDATE
change_log attain_app DELETE, INSERT, SELECT
credit attain_app DELETE, INSERT, SELECT, UPDATE
credit attain_writer INSERT
credit_history attain_app INSERT, SELECT
definition attain_app INSERT, SELECT, UPDATE
earning attain_app DELETE, INSERT, SELECT, UPDATE
earning attain_writer INSERT
earning_history attain_app DELETE, INSERT, SELECT
payment_batch attain_app DELETE, INSERT, SELECT, UPDATE
payment_line attain_app DELETE, INSERT, SELECT, UPDATE
payment_line attain_writer INSERT
paysheet attain_app DELETE, INSERT, SELECT, UPDATE
process_run attain_app INSERT, SELECT, UPDATE
process_run_log attain_app INSERT, SELECT
request attain_app INSERT, SELECT
reward attain_app INSERT, SELECT, UPDATE
reward_clear attain_app INSERT, SELECT, UPDATE
reward_clear_undo attain_app INSERT, SELECT
rewards_mark attain_app INSERT, SELECT, UPDATE
run_chunk attain_app DELETE, INSERT, SELECT, UPDATE
run_claim attain_app DELETE, INSERT, SELECT
schema_step attain_app SELECT
transaction_key attain_app INSERT, SELECT, UPDATE
transaction_key attain_writer INSERT
work_item attain_app DELETE, INSERT, SELECT
workspace attain_app SELECT, UPDATE

-- functions
CREATE OR REPLACE FUNCTION public.attain_create_workspace(new_workspace text, made_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    INSERT INTO workspace (workspace_id, created_at, definitions_mark)
    VALUES (new_workspace, made_at, 0)
    ON CONFLICT (workspace_id) DO NOTHING;
    RETURN FOUND;
END
$function$
CREATE OR REPLACE FUNCTION public.attain_know_sizes()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN
        SELECT c.oid::regclass FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND pg_relation_size(c.oid) > 1000000
        AND (c.reltuples < 0 OR pg_relation_size(c.oid) / 8192 > 8 * c.relpages)
    LOOP
        EXECUTE format('ANALYZE %s', grown);
    END LOOP;
END
$function$
CREATE OR REPLACE FUNCTION public.attain_open_partitions(first_date date, last_date date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "DateStyle" TO 'ISO'
AS $function$
DECLARE
    part_year integer;
    parent text;
    part text;
    whole record;
BEGIN
    PERFORM pg_advisory_xact_lock(7094703151906153315);
    FOR part_year IN extract(year FROM first_date)::integer .. extract(year FROM last_date)::integer
    LOOP
        IF part_year NOT BETWEEN 1 AND 9999 THEN
            RAISE EXCEPTION 'the year % has no partitions', part_year
            USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOREACH parent IN ARRAY ARRAY[
            'base_transaction', 'base_transaction_history', 'credit', 'credit_history', 'earning',
            'earning_history'
        ]
        LOOP
            part := parent || '_y' || lpad(part_year::text, 4, '0');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            -- Room for the status changes of a row, which then touch no index. Of transactions a
            -- commit changes all that are on a page, so there is room for each of them.
            EXECUTE format(
                'CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS) WITH (fillfactor = %s)',
                part, parent, CASE
                    WHEN parent = 'base_transaction' THEN 45
                    WHEN parent LIKE '%history' THEN 100
                    ELSE 85
                END
            );
            -- Named here: the server's own names leave no room for the number of a shard.
            FOR whole IN
                SELECT c.relname AS name, pg_get_indexdef(c.oid) AS text
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = parent::regclass AND NOT i.indisprimary
                ORDER BY c.relname
            LOOP
                EXECUTE regexp_replace(
                    whole.text,
                    '^CREATE INDEX \S+ ON ONLY \S+ ',
                    format('CREATE INDEX %I ON %I ', replace(whole.name, parent, part), part)
                );
            END LOOP;
            -- Which workspaces there are today says nothing about the next one: with statistics the
            -- planner would take a new one for empty, and walk through all of it for every row.
            EXECUTE format('ALTER TABLE %I ALTER COLUMN workspace_id SET STATISTICS 0', part);
            IF parent = 'earning' THEN
                -- At most one current earning has a key.
                EXECUTE format(
                    'CREATE UNIQUE INDEX %I ON %I (workspace_id, lineage_id, participant_id, '
                    'plan_id, component_id, interval_id) NULLS NOT DISTINCT '
                    'WHERE obsolete_at IS NULL AND reversal_of_id IS NULL',
                    part || '_current', part
                );
            END IF;
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, part, make_date(part_year, 1, 1), make_date(part_year + 1, 1, 1)
            );
        END LOOP;
    END LOOP;
END
$function$
CREATE OR REPLACE FUNCTION public.attain_workspaces()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT workspace_id FROM workspace ORDER BY workspace_id $function$
CREATE OR REPLACE FUNCTION public.attain_workspaces_at_work(at_time timestamp with time zone)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT DISTINCT workspace_id FROM run_chunk
    WHERE state IN ('waiting', 'leased') AND (state = 'waiting' OR lease_until <= at_time)
    ORDER BY workspace_id
$function$

-- rights on functions
attain_create_workspace attain_app
attain_know_sizes attain_app
attain_open_partitions attain_app
attain_workspaces attain_app
attain_workspaces_at_work attain_app
