-- Streams of jobs: what an upstream answers bit by bit, as it came. Same number and name as in the other dialect, which keeps
-- them in the file of the large bodies (T8).

-- start is the place of the first byte in the job's stream; the next row starts where this one ends (P4).
CREATE TABLE job_stream (
    job     bigint NOT NULL,
    start   bigint NOT NULL CHECK (start >= 0),
    attempt int    NOT NULL CHECK (attempt >= 1),
    data    bytea  NOT NULL CHECK (octet_length(data) > 0),
    PRIMARY KEY (job, start)
);
