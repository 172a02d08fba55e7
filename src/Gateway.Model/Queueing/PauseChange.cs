namespace Gateway.Model.Queueing;

/// <summary>A pause that begins, or (null) ends.</summary>
internal sealed record PauseChange(string Target, QueuePause? Pause);
