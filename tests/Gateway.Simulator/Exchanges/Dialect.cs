namespace Gateway.Simulator;

/// <summary>How a part of the platform says no.</summary>
internal enum Dialect
{
    /// <summary>HTTP 200 and a <c>base_resp</c>.</summary>
    Native,

    /// <summary>A real status and an envelope with <c>http_code</c>; now and then HTTP 200 and a <c>base_resp</c>.</summary>
    OpenAi,

    /// <summary>A real status and an envelope without <c>http_code</c>.</summary>
    Anthropic,

    /// <summary>A real status and OpenAI's envelope.</summary>
    V2,
}
