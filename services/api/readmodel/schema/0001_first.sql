-- In the common language of SQLite and PostgreSQL: one schema for both.
-- Documents are the JSON of the topics, kept as it came; the columns beside are what is asked for.

CREATE TABLE offsets (
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    next_offset BIGINT NOT NULL,
    PRIMARY KEY (topic, part)
);

CREATE TABLE journeys (
    subject TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);

-- What a journey can be found by, from its document.
CREATE TABLE journey_moments (
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    moment TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (subject, model, moment, state)
);
CREATE INDEX journey_moments_by_state ON journey_moments (moment, state, subject);

CREATE TABLE journey_stages (
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    stage TEXT NOT NULL,
    PRIMARY KEY (subject, model)
);
CREATE INDEX journey_stages_by_stage ON journey_stages (stage, subject);

CREATE TABLE transitions (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    instance TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX transitions_by_subject ON transitions (subject, at_ms, sequence);

-- The last word on each moment instance.
CREATE TABLE moments (
    instance TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    moment TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at_ms BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX moments_by_time ON moments (at_ms, instance);
CREATE INDEX moments_by_state ON moments (moment, state, at_ms, instance);

CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    model TEXT NOT NULL,
    moment TEXT NOT NULL,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    team TEXT,
    last_at_ms BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX alerts_by_time ON alerts (last_at_ms, id);
CREATE INDEX alerts_by_status ON alerts (status, last_at_ms, id);
CREATE INDEX alerts_by_subject ON alerts (subject, last_at_ms);

-- Where a dead letter is and why; its content stays on the topic and is forgotten with it.
CREATE TABLE dead_letters (
    part INTEGER NOT NULL,
    position BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    stage TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    source_topic TEXT NOT NULL,
    source_part INTEGER NOT NULL,
    source_offset BIGINT NOT NULL,
    PRIMARY KEY (part, position)
);

-- The live stream, bounded: what a client can resume.
CREATE TABLE stream (
    sequence BIGINT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    moment TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL,
    document TEXT NOT NULL
);

-- Totals, kept with the rows they count, so that nobody counts a million of them.
CREATE TABLE counts (
    what TEXT NOT NULL,
    model TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (what, model, name, state)
);
