namespace Gateway.Storage.Postgres;

/// <summary>Where a connection counts its batches (T6), fenced by its incarnation's row. No answer: the incarnation is not live.</summary>
/// <param name="Bump">Counts a batch and answers its number.</param>
/// <param name="Read">The number of the last batch, read once its transaction has ended.</param>
internal sealed record BatchCounter(string Bump, string Read)
{
    /// <summary>In the node's own row.</summary>
    public static readonly BatchCounter Own = new(
        "UPDATE node SET batch_no = batch_no + 1 WHERE incarnation = $1 AND status = 'live' RETURNING batch_no",
        "SELECT batch_no FROM node WHERE incarnation = $1 AND status = 'live' FOR UPDATE");

    /// <summary>
    /// For the connection that waits: in a row of its own. It only shares the node's row, beside the batches of the other
    /// connection; whoever buries the node locks it FOR UPDATE and so waits for both.
    /// </summary>
    public static readonly BatchCounter Waiting = new(
        """
        WITH alive AS (SELECT incarnation FROM node WHERE incarnation = $1 AND status = 'live' FOR KEY SHARE)
        INSERT INTO node_wait (incarnation, batch_no) SELECT incarnation, 1 FROM alive
        ON CONFLICT (incarnation) DO UPDATE SET batch_no = node_wait.batch_no + 1 RETURNING batch_no
        """,
        """
        WITH alive AS (SELECT incarnation FROM node WHERE incarnation = $1 AND status = 'live' FOR KEY SHARE)
        INSERT INTO node_wait (incarnation, batch_no) SELECT incarnation, 0 FROM alive
        ON CONFLICT (incarnation) DO UPDATE SET batch_no = node_wait.batch_no RETURNING batch_no
        """);
}
