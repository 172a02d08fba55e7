namespace Gateway.Engine.Turns;

/// <summary>An operator's or admin's action, for the record.</summary>
internal sealed record AuditEntry(string Actor, string Action, string Target, string? Detail, DateTimeOffset At);
