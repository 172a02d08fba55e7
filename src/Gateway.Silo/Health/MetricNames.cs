namespace Gateway.Silo.Health;

/// <summary>Every metric of the gateway's own, once.</summary>
internal static class MetricNames
{
    public const string SlotsUsed = "gateway_account_slots_used";
    public const string SlotsMax = "gateway_account_slots_max";
    public const string AccountHealth = "gateway_account_health";
    public const string HealthChanges = "gateway_account_health_changes_total";
    public const string Jobs = "gateway_jobs";
    public const string QueueDepth = "gateway_queue_depth";
    public const string CallsWaiting = "gateway_calls_waiting";
    public const string OverloadedModels = "gateway_overloaded_models";
    public const string LiveOperations = "gateway_live_operations";
    public const string PollTroubles = "gateway_poll_troubles_total";
    public const string UnknownAnswers = "gateway_upstream_unknown_answers_total";
    public const string BodyBytes = "gateway_body_bytes";
    public const string BodiesRefused = "gateway_bodies_refused_total";
    public const string Connections = "gateway_connections";
    public const string ConnectionsClosed = "gateway_connections_closed_total";
    public const string ExcessReports = "gateway_upstream_excess_reports_total";
    public const string Batches = "gateway_turn_batches_total";
    public const string Turns = "gateway_turns_total";
    public const string TurnsWaiting = "gateway_turns_waiting";
    public const string StoreUp = "gateway_store_up";
}
