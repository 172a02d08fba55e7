using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Grains.Accounts;
using Gateway.Grains.Jobs;
using Gateway.Grains.Teams;

namespace Gateway.Grains.Assets;

/// <summary>The gateway's id of an asset: from the same numbers as job ids, because MiniMax's files have one space of ids for both.</summary>
/// <param name="Value">As it is stored. Callers see <see cref="Shown"/>.</param>
[JsonConverter(typeof(Json))]
internal readonly record struct AssetId(long Value)
{
    /// <summary>The number callers know it by, in whatever they are sent.</summary>
    public long Shown => ShortIds.Shown(Value);

    /// <summary>Reads what callers write.</summary>
    public static bool TryParse(string? text, out AssetId id)
    {
        var ok = JobId.TryParse(text, out var parsed);
        id = new AssetId(parsed.Value);
        return ok;
    }

    /// <summary>As callers see it.</summary>
    public override string ToString() => Shown.ToString(CultureInfo.InvariantCulture);

    internal sealed class Json : JsonConverter<AssetId>
    {
        public override AssetId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, AssetId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

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

/// <summary>
/// Something a team made on an account outside of a job. Whatever names it later must run on that account, because no other
/// knows it.
/// </summary>
internal sealed record Asset
{
    public required AssetId Id { get; init; }

    public required TeamId Team { get; init; }

    public required AssetKind Kind { get; init; }

    /// <summary>The account it lives on.</summary>
    public required AccountId Account { get; init; }

    /// <summary>What that account calls it.</summary>
    public required string UpstreamId { get; init; }

    /// <summary>What it is for: a file's purpose, a voice's type.</summary>
    public string? Purpose { get; init; }

    public string? FileName { get; init; }

    public long? Bytes { get; init; }

    /// <summary>The file this is a copy of on another account; a copy is shown to nobody.</summary>
    public AssetId? CopyOf { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal static class AssetKinds
{
    extension(AssetKind kind)
    {
        /// <summary>The name in the database.</summary>
        public string Name => kind switch
        {
            AssetKind.File => "file",
            AssetKind.Voice => "voice",
            AssetKind.Cover => "cover",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
