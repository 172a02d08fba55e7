using System.Text.Json.Serialization;

namespace Gateway.Model.Kinds;

/// <summary>What lives on one account and is named by later requests.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssetKind>))]
internal enum AssetKind
{
    /// <summary>An uploaded file. Callers know it by the gateway's id.</summary>
    File,

    /// <summary>A cloned or designed voice. Callers know it by the name they or the upstream gave it.</summary>
    Voice,

    /// <summary>A prepared cover. Callers know it by the upstream's id.</summary>
    Cover,
}
