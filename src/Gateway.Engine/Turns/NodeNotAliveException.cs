namespace Gateway.Engine.Turns;

/// <summary>This node cannot prove that it is alive, so it must not send.</summary>
internal sealed class NodeNotAliveException() : Exception(
    "This node has not reached its database for too long; it sends nothing until it does.");
