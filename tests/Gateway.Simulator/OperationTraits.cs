namespace Gateway.Simulator;

/// <summary>The one table of what the operations have in common.</summary>
internal static class OperationTraits
{
    /// <summary>Work done while the client waits. The ledger counts how many of them run.</summary>
    public static bool IsCall(this Operation operation) => operation is
        Operation.Chat or Operation.ChatCompletions or Operation.Messages or Operation.Image or Operation.Speech
        or Operation.Music or Operation.CoverPreprocess or Operation.Lyrics or Operation.VoiceClone or Operation.VoiceDesign;

    public static bool IsChat(this Operation operation) =>
        operation is Operation.Chat or Operation.ChatCompletions or Operation.Messages;

    /// <summary>A call billed per piece: the ledger counts its body, because making it twice costs twice.</summary>
    public static bool IsPaidCall(this Operation operation) => operation is
        Operation.Image or Operation.Speech or Operation.Music or Operation.VoiceClone or Operation.VoiceDesign;

    /// <summary>Operations that share one rate limit carry the same name here.</summary>
    public static Operation RateFamily(this Operation operation) => operation.IsChat() ? Operation.Chat : operation;

    public static Dialect Dialect(this Operation operation) => operation switch
    {
        Operation.ChatCompletions => Simulator.Dialect.OpenAi,
        Operation.Messages => Simulator.Dialect.Anthropic,
        Operation.VideoV2Submit or Operation.VideoContextSubmit or Operation.VideoRegenerationSubmit or Operation.VideoV2Query or Operation.VideoV2List or Operation.VideoV2Delete =>
            Simulator.Dialect.V2,
        _ => Simulator.Dialect.Native,
    };
}
