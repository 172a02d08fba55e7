using System.Text.Json.Serialization;

namespace Gateway.Model.Jobs;

/// <summary>Where a running job stands at its upstream.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpstreamStage>))]
internal enum UpstreamStage
{
    Preparing,

    /// <summary>It waits in the upstream's own queue.</summary>
    Queueing,

    Processing,

    /// <summary>Something that the gateway has no name for; the upstream's own word tells.</summary>
    Other,
}
