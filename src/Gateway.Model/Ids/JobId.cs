using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Model.Ids;

/// <summary>
/// The id of a job: a positive 63-bit number, rising with time. It doubles as MiniMax's <c>task_id</c> and <c>file_id</c>, which are
/// decimal integers there.
/// </summary>
/// <param name="Value">As it is stored, compared and told to other nodes. Callers see <see cref="Shown"/>.</param>
[JsonConverter(typeof(Json))]
internal readonly record struct JobId(long Value) : IComparable<JobId>
{
    /// <summary>The number callers know it by, in whatever they are sent.</summary>
    public long Shown => ShortIds.Shown(Value);

    /// <summary>Reads what callers write.</summary>
    public static bool TryParse(string? text, out JobId id)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var shown) && shown > 0;
        id = ok ? new JobId(ShortIds.Stored(shown)) : default;
        return ok;
    }

    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    /// <summary>As callers see it.</summary>
    public override string ToString() => Shown.ToString(CultureInfo.InvariantCulture);

    /// <summary>Within states and notices, which are the gateway's own: as it is stored.</summary>
    internal sealed class Json : JsonConverter<JobId>
    {
        public override JobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, JobId value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.Value);
    }
}
