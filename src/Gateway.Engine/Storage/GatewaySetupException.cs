namespace Gateway.Engine.Storage;

/// <summary>The gateway cannot start as it is set up; the message is the one clear line that says what to do.</summary>
internal sealed class GatewaySetupException(string message, Exception? inner = null) : Exception(message, inner);
